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

    @Test func memoryEventsEncodeAsTheManualWritesThem() {
        #expect(MemoryControllerPMON.encoding(MemoryControllerPMON.readEvent) == 0x400304)
        #expect(MemoryControllerPMON.encoding(MemoryControllerPMON.writeEvent) == 0x400C04)
        #expect(100 * MemoryControllerPMON.bytesPerBurst == 6400)
        #expect(MemoryControllerPMON.running(.skylakeServer) == 0x30000)
        #expect(MemoryControllerPMON.running(.haswellServer) == 0x10000)
        #expect((0..<4).map { MemoryControllerPMON.control($0) } == [0xD8, 0xDC, 0xE0, 0xE4])
        #expect((0..<4).map { MemoryControllerPMON.counter($0) } == [0xA0, 0xA8, 0xB0, 0xB8])
    }

    @Test(arguments: [
        (RegisterAddress.fixedCounter(2), UInt32(0x30B)), (.programmableCounter(3), 0xC4), (.eventSelect(3), 0x189),
        (.coreC6Residency, 0x3FD), (.packageC6Residency, 0x3F9), (.coreC1Residency, 0x660), (.platformInfo, 0xCE),
    ])
    func registersHaveTheManualsNumbers(register: RegisterAddress, number: UInt32) {
        #expect(register.rawValue == number)
        #expect(register < .end)
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

    @Test(arguments: [CounterWidth.bits32, .bits48, .bits64])
    func steppingFarBackIsAResetAndNotAWrap(width: CounterWidth) {
        #expect(width.isReset(from: 1_000_000, to: 0))
        #expect(!width.isReset(from: 0, to: 1_000_000))
    }

    @Test(arguments: [
        (6, 0x3F, 2, ProcessorGeneration.haswellServer), (6, 0x4F, 1, .broadwellServer), (6, 0x55, 4, .skylakeServer),
        (6, 0x55, 7, .cascadeLake), (6, 0x55, 11, .cooperLake), (6, 0x6A, 6, .iceLakeServer),
        (6, 0x8F, 8, .sapphireRapids),
        (6, 0x9E, 9, nil), (25, 0x55, 4, nil),
    ])
    func signatureTellsTheGeneration(family: Int, model: Int, stepping: Int, generation: ProcessorGeneration?) {
        #expect(ProcessorSignature(family: family, model: model, stepping: stepping).generation == generation)
    }
}
