import Registers
import Simulation
import Testing

/// The counters of Intel cores obey their control registers.
struct IntelCoreTests {
    private func program(_ registers: FileRegisters, _ selects: [UInt64], fixed: UInt64 = 0x333) throws {
        try registers.write(fixed, to: .fixedCounterControl)
        for (index, select) in selects.enumerated() { try registers.write(select, to: .eventSelect(index)) }
        try registers.write(0xF_0000_0000 | (1 << UInt64(selects.count)) - 1, to: .globalControl)
    }

    @Test func everyCountOfAStepIsWhole() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try program(cpu, [0x43412E, 0x434F2E, 0x4320D1, 0x4304D1])
        stand.step()
        #expect(try cpu.read(.timeStampCounter) == 20_000_000)
        #expect(try cpu.read(.maximumPerformanceClock) == 5_000_000)
        #expect(try cpu.read(.actualPerformanceClock) == 5_000_000)
        #expect(try (0..<3).map { try cpu.read(.fixedCounter($0)) } == [7_500_000, 5_000_000, 5_000_000])
        #expect(try (0..<4).map { try cpu.read(.programmableCounter($0)) } == [8000, 40_000, 4000, 16_000])
        #expect(try cpu.read(.coreC6Residency) == 10_000_000)
        #expect(try cpu.read(.coreC3Residency) == 0)
        #expect(try cpu.read(.platformInfo) == 20 << 8)
    }

    @Test func clockRatioMovesTheActualClockAlone() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try program(cpu, [0x43003C, 0x43013C, 0x4300C0])
        stand.step(HardwareActivity(utilisation: 0.5, instructionsPerCycle: 2, clockRatio: 1.25))
        #expect(try cpu.read(.maximumPerformanceClock) == 10_000_000)
        #expect(try cpu.read(.actualPerformanceClock) == 12_500_000)
        #expect(
            try (0..<3).map { try cpu.read(.programmableCounter($0)) } == [12_500_000, 10_000_000, 25_000_000])
        #expect(try cpu.read(.fixedCounter(1)) == 12_500_000)
        #expect(try cpu.read(.fixedCounter(2)) == 10_000_000)
    }

    @Test func cpusThatDoDifferentThingsCountDifferentThings() throws {
        let stand = try VirtualStand(.cascadeLake)
        let works = (0..<4).map { cpu in
            CPUActivity(
                utilisation: 0.25 * Double(cpu), instructionsPerCycle: 1.5,
                llcMissesPerSecond: 100_000 * Double(cpu + 1), c6Share: cpu == 0 ? 0.5 : 0.25)
        }
        for cpu in 0..<4 { try program(stand.registers(cpu), [0x43412E]) }
        for _ in 0..<3 { stand.tree.step(seconds: 0.01, NodeActivity(cpus: works, sockets: [])) }
        for cpu in 0..<4 {
            let registers = try stand.registers(cpu)
            #expect(try registers.read(.fixedCounter(2)) == UInt64(15_000_000 * cpu))
            #expect(try registers.read(.fixedCounter(0)) == UInt64(22_500_000 * cpu))
            #expect(try registers.read(.programmableCounter(0)) == UInt64(3000 * (cpu + 1)))
            // CPUs 0 and 2 share a core, which is only as deep as the less deep of them.
            #expect(try registers.read(.coreC6Residency) == 15_000_000)
        }
    }

    @Test func coreC1IsWhatItsBusierCPULeaves() throws {
        let stand = try VirtualStand(.iceLake)
        let works = [0.5, 0, 0.25, 0].map { CPUActivity(utilisation: $0, c6Share: 0.25) }
        stand.tree.step(seconds: 0.01, NodeActivity(cpus: works, sockets: []))
        #expect(try stand.registers(0).read(.coreC1Residency) == 5_000_000)
        #expect(try stand.registers(2).read(.coreC1Residency) == 5_000_000)
        #expect(try stand.registers(1).read(.coreC1Residency) == 15_000_000)
    }

    @Test(arguments: [
        // Another event, another mask, not enabled, neither mode; edge, any thread, invert, threshold; an event
        // unknown.
        UInt64(0x43412F), 0x43402E, 0x03412E, 0x40412E, 0x47412E, 0x63412E, 0xC3412E, 0x143_412E, 0x4310D1,
    ])
    func selectorThatMeansSomethingElseCountsNothing(select: UInt64) throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try program(cpu, [select])
        stand.step()
        #expect(try cpu.read(.programmableCounter(0)) == 0)
        #expect(try cpu.read(.fixedCounter(0)) == 7_500_000)
    }

    @Test func interruptBitDoesNotKeepACounterFromCounting() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try program(cpu, [0x53412E], fixed: 0xBBB)
        stand.step()
        #expect(try cpu.read(.programmableCounter(0)) == 8000)
        #expect(try cpu.read(.fixedCounter(0)) == 7_500_000)
    }

    @Test func counterIsWrittenThroughEitherOfItsRegisters() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        #expect(try cpu.read(.performanceCapabilities) & PerformanceCapabilities.fullWidthWrites != 0)
        try program(cpu, [0x43412E])
        try cpu.write((1 << 48) - 1000, to: .fullWidthCounter(0))
        stand.step()
        #expect(try cpu.read(.programmableCounter(0)) == 7000)
        #expect(try cpu.read(.fullWidthCounter(0)) == 7000)
        #expect(try cpu.read(.globalStatus) == 1)
        try cpu.write(500, to: .programmableCounter(0))
        stand.step()
        #expect(try cpu.read(.programmableCounter(0)) == 8500)
        #expect(try cpu.read(.fullWidthCounter(0)) == 8500)
    }

    @Test func inUseFlagsNameTheProgrammedCounters() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try cpu.write(0x303, to: .fixedCounterControl)
        try cpu.write(0x43412E, to: .eventSelect(2))
        stand.step()
        #expect(try cpu.read(.globalInUse) == 0b101 << 32 | 0b100)
    }

    @Test func slotsAreCountedWhereThereAreAny() throws {
        let stand = try VirtualStand(.iceLake)
        let cpu = try stand.registers(0)
        try program(cpu, Array(repeating: 0x43412E, count: 8), fixed: 0x3333)
        stand.step()
        #expect(try cpu.read(.fixedCounter(3)) == 25_000_000)
        #expect(try cpu.read(.programmableCounter(7)) == 8000)
    }

    @Test func efficientCoresHaveFewerCountersAndNoLoadEvents() throws {
        let stand = try VirtualStand(.hybrid)
        for cpu in [0, 7] {
            let registers = try stand.registers(cpu)
            try program(registers, [0x43412E, 0x4320D1])
            stand.step()
            #expect(try registers.read(.programmableCounter(0)) == 4000)
            #expect(try registers.read(.programmableCounter(1)) == (cpu == 0 ? 2000 : 0))
            let has7 = stand.failure { _ = try registers.read(.eventSelect(7)) } == nil
            #expect(has7 == (cpu == 0))
            #expect(stand.failure { _ = try registers.read(.eventSelect(5)) } == nil)
        }
        let hardware = stand.tree.hardware
        #expect((0..<8).map { hardware.core(of: $0) } == [0, 0, 1, 1, 2, 3, 4, 5])
        #expect((0..<8).map { hardware.isEfficient($0) } == [false, false, false, false, true, true, true, true])
    }

    @Test func guestCountsArchitecturalEventsWithThreeCounters() throws {
        let stand = try VirtualStand(.guestWithVPMU)
        let cpu = try stand.registers(0)
        try program(cpu, [0x43412E, 0x434F2E, 0x4320D1])
        stand.step()
        #expect(try (0..<3).map { try cpu.read(.programmableCounter($0)) } == [8000, 40_000, 0])
        #expect(try cpu.read(.fixedCounter(2)) == 5_000_000)
        #expect(try PlatformInfo.nominalHertz(cpu.read(.platformInfo)) == nil)
    }

    @Test func counterThatIsSetBackGoesOnFromThere() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try program(cpu, [0x43412E])
        stand.step()
        stand.tree[.fixedCounter(0), cpu: 0] = 100
        stand.step()
        #expect(try cpu.read(.fixedCounter(0)) == 7_500_100)
    }
}
