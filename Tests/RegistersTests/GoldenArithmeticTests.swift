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

    @Test func ratioOfPlatformInfoTimesTheBusClockIsTheNominalClock() {
        // Gold 5218R; a guest of KVM sees only the CPUID-faulting bit.
        #expect(PlatformInfo.nominalHertz(0x1500) == 2_100_000_000)
        #expect(PlatformInfo.nominalHertz(1 << 31) == nil)
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
        (.maximumPerformanceClock, 0xE7), (.actualPerformanceClock, 0xE8), (.systemManagementInterrupts, 0x34),
        (.performanceCapabilities, 0x345), (.globalInUse, 0x392), (.fullWidthCounter(7), 0x4C8),
        (.coreC3Residency, 0x3FC), (.coreC7Residency, 0x3FE), (.coreC6ResidencyKnightsLanding, 0x3FF),
        (.moduleC6Residency, 0x664), (.packageC2Residency, 0x60D), (.packageC3Residency, 0x3F8),
        (.packageC7Residency, 0x3FA), (.packageC8Residency, 0x630), (.packageC9Residency, 0x631),
        (.packageC10Residency, 0x632), (.energyUnit, 0x606), (.packageEnergy, 0x611), (.packagePowerInfo, 0x614),
        (.memoryEnergy, 0x619), (.coresEnergy, 0x639), (.graphicsEnergy, 0x641), (.platformEnergy, 0x64D),
        (.thermalStatus, 0x19C), (.packageThermalStatus, 0x1B1), (.temperatureTarget, 0x1A2),
        (.resourceMonitoringSelect, 0xC8D), (.resourceMonitoringCounter, 0xC8E), (.resourceAssociation, 0xC8F),
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
}
