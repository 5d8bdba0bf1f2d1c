import Registers
import Testing

struct GoldenArithmeticTests {
    @Test(arguments: [
        (EventSelector.lastLevelCacheMiss, UInt64(0x43412E)), (.lastLevelCacheReference, 0x434F2E),
        (.loadRetiredL3Miss, 0x4320D1), (.loadRetiredL3Hit, 0x4304D1),
    ])
    func selectorsEncodeAsTheManualWritesThem(selector: EventSelector, encoding: UInt64) {
        #expect(selector.encoding == encoding)
    }

    @Test func controlsEnableThreeFixedAndTheFirstProgrammableCounters() {
        #expect(CounterControl.fixedUserAndKernel == 0x333)
        #expect(CounterControl.globalEnable(programmable: 2) == 0x7_0000_0003)
        #expect(CounterControl.globalEnable(programmable: 4) == 0x7_0000_000F)
    }

    @Test(arguments: [
        (CounterWidth.bits48, UInt64(0xFFFF_FFFF_FFF0), UInt64(0x10), UInt64(32)),
        (.bits32, 0xFFFF_FFF0, 0x10, 32),
        (.bits64, .max - 15, 16, 32),
        (.bits48, (1 << 48) - 1, 0, 1),
        (.bits48, 7, 7, 0),
    ])
    func deltaGoesOnAcrossTheWrap(width: CounterWidth, old: UInt64, new: UInt64, delta: UInt64) {
        #expect(width.delta(from: old, to: new) == delta)
        #expect(!width.isReset(from: old, to: new))
    }

    @Test func steppingFarBackIsAResetAndNotAWrap() {
        #expect(CounterWidth.bits48.isReset(from: 1_000_000, to: 0))
        #expect(!CounterWidth.bits48.isReset(from: 0, to: 1_000_000))
    }
}
