import Measures
import Registers
import Testing
import Topology

@testable import Counters

/// What CPUID says of a processor, and how the counters follow it.
struct ProcessorDescriptionTests {
    /// An Intel processor of model 55H, stepping 7, with 4 programmable counters and 3 fixed ones of 48 bits.
    private static var bareMetal: CPUIDTable {
        var table = CPUIDTable()
        table[0] = CPUIDRegisters(eax: 0x16, ebx: 0x756E_6547, ecx: 0x6C65_746E, edx: 0x4965_6E69)
        table[1] = CPUIDRegisters(eax: 0x5_0657)
        table[6] = CPUIDRegisters(ecx: 1)
        table[0x0A] = CPUIDRegisters(eax: 0x0730_0404, edx: 0x603)
        table[0x8000_0000] = CPUIDRegisters(eax: 0x8000_0008)
        table[0x8000_0007] = CPUIDRegisters(edx: 1 << 8)
        return table
    }

    private static var guest: CPUIDTable {
        var table = bareMetal
        table[1].ecx = 1 << 31
        table[6] = CPUIDRegisters()
        table[0x0A] = CPUIDRegisters(eax: 0x0730_0802, edx: 0x603)
        return table
    }

    private func machine(_ table: CPUIDTable, _ registers: [RegisterAddress: UInt64] = ScriptedMachine.intel) throws
        -> ScriptedMachine
    {
        let machine = try ScriptedMachine(MachineFolder(), registers)
        machine.cpuid = { _ in table }
        return machine
    }

    private func column(_ metric: Metric, _ reader: CounterReader) -> Column? {
        reader.columns.columns.first { $0.metric == metric && $0.scope == .system }
    }

    @Test func signatureComesFromCPUInfoFirstAndFromTheProcessorWithoutIt() throws {
        let topology = try MachineFolder().layout().topology
        let shown = "vendor_id : AuthenticAMD\ncpu family : 23\nmodel : 49\nstepping : 0\n"
        let first = ProcessorDescription(topology: topology, cpuinfo: shown) { _ in Self.bareMetal }
        #expect(first.generation == .zen2)
        let second = ProcessorDescription(topology: topology, cpuinfo: "") { _ in Self.bareMetal }
        #expect(second.signature == ProcessorSignature(family: 6, model: 0x55, stepping: 7))
        let unknown = ProcessorDescription(topology: topology, cpuinfo: nil) { _ in nil }
        #expect(unknown.signature == nil && unknown.common == nil && !unknown.isGuest)
        #expect(unknown.timeStampFlaw == nil && unknown.performanceClockFlaw == nil)
    }

    @Test func guestsUseThreeCountersAtMost() throws {
        let machine = try machine(Self.guest)
        let reader = try machine.reader()
        let registers = machine.cpus[0].contents
        #expect(registers[.eventSelect(2)] == EventSelector.loadRetiredL3Miss.encoding)
        #expect(registers[.eventSelect(3)] == 0)
        #expect(registers[.globalControl] == 0x7_0000_0007)
        #expect(column(.l3LoadHitsPerSecond, reader)?.detail == "no counter is left for this event on this processor")
    }

    @Test func moreCountersThanAreUsedAreLookedAtForOtherUsers() throws {
        var table = Self.bareMetal
        table[0x0A] = CPUIDRegisters(eax: 0x0730_0804, edx: 0x603)
        let machine = try machine(table)
        try machine.cpus[3].write(0x43003C, to: .eventSelect(7))
        let reader = try machine.reader()
        #expect(column(.instructionsPerCycle, reader)?.detail?.contains("PERFEVTSEL7") == true)
        #expect(machine.cpus.allSatisfy { $0.writes.allSatisfy { $0 == .eventSelect(7) } })
    }

    @Test func guestWithoutVirtualCountersSaysSoAndIsNotAskedAgain() throws {
        var table = Self.guest
        table[0x0A] = CPUIDRegisters()
        let machine = try machine(table)
        let reader = try machine.reader()
        let reason = try #require(column(.instructionsPerCycle, reader)?.detail)
        #expect(reason.contains("CPUID 0AH is 0") && reason.contains("hypervisor"))
        // KVM answers the first selectors with 0 even then; nothing is tried on them.
        #expect(machine.cpus.allSatisfy { $0.writes.isEmpty })
        let version = reader.columns.version
        for _ in 0..<70 {
            try machine.step(seconds: 0.5, [.timeStampCounter: 1_000_000_000])
            _ = reader.sample()
        }
        #expect(machine.cpus.allSatisfy { $0.writes.allSatisfy { $0 == .timeStampCounter } })
        #expect(reader.columns.version == version)
    }

    @Test func eventsThatTheProcessorDoesNotCountAreLeftOut() throws {
        var table = Self.guest
        table[0x0A].ebx = 1 << 4
        let machine = try machine(table)
        let reader = try machine.reader()
        #expect(machine.cpus[0].contents[.eventSelect(0)] == EventSelector.lastLevelCacheReference.encoding)
        #expect(machine.cpus[0].contents[.eventSelect(1)] == EventSelector.loadRetiredL3Miss.encoding)
        let reason = "the processor does not count longest_lat_cache.miss (2E/41) (CPUID 0AH)"
        #expect(column(.l3MissesPerSecond, reader)?.detail == reason)
    }

    @Test func countersWrapAtTheWidthThatTheProcessorGives() throws {
        var table = Self.bareMetal
        // 40 bits for programmable counters, 44 for fixed ones.
        table[0x0A] = CPUIDRegisters(eax: 0x0728_0404, edx: 44 << 5 | 3)
        var registers = ScriptedMachine.intel
        registers[.programmableCounter(0)] = (1 << 40) - 1000
        registers[.fixedCounter(0)] = (1 << 44) - 1
        let machine = try machine(table, registers)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(ScriptedMachine.work)
        for cpu in machine.cpus {
            try cpu.write(1000, to: .programmableCounter(0))
            try cpu.write(7_499_999, to: .fixedCounter(0))
        }
        let sample = reader.sample()
        #expect(sample.value(.l3MissesPerSecond) == 800_000)
        #expect(sample.value(.instructionsPerCycle) == 1.5)
    }

    @Test func processorWithoutFixedCountersCountsOnProgrammableOnes() throws {
        var table = Self.bareMetal
        table[0x0A] = CPUIDRegisters(eax: 0x0730_0401)
        let machine = try machine(table)
        let before = machine.cpus[1].contents
        let reader = try machine.reader()
        #expect(machine.cpus[0].contents[.eventSelect(0)] == 0x4300C0)
        #expect(machine.cpus[0].contents[.eventSelect(1)] == 0x43003C)
        #expect(machine.cpus[0].contents[.eventSelect(2)] == 0x43412E)
        // Version 1 has neither fixed counters nor a global control.
        #expect(machine.cpus[0].contents[.globalControl] == 0)
        #expect(machine.cpus[0].contents[.fixedCounterControl] == 0)
        _ = reader.sample()
        try machine.step([
            .timeStampCounter: 20_000_000, .programmableCounter(0): 9_000_000, .programmableCounter(1): 6_000_000,
            .maximumPerformanceClock: 5_000_000,
        ])
        let sample = reader.sample()
        #expect(sample.value(.instructionsPerCycle) == 1.5)
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.column(.c0Residency)?.detail?.contains("MPERF") == true)
        reader.close()
        for index in 0..<4 { #expect(machine.cpus[1].contents[.eventSelect(index)] == before[.eventSelect(index)]) }
    }

    @Test func timeStampThatChangesItsRateMeasuresNothing() throws {
        var table = Self.bareMetal
        table[0x8000_0007] = CPUIDRegisters()
        let machine = try machine(table)
        let reader = try machine.reader()
        _ = reader.sample()
        // Half the ticks that 10 ms at 2 GHz would have: the clock alone says how long the interval was.
        var work = ScriptedMachine.work
        work[.timeStampCounter] = 10_000_000
        try machine.step(work)
        let sample = reader.sample()
        #expect(sample.value(.c0Residency) == nil)
        #expect(sample.column(.c0Residency)?.detail?.contains("CPUID 80000007H") == true)
        #expect(sample.column(.c6Residency)?.quality == .unavailable)
        #expect(sample.value(.instructionsPerCycle) == 1.5)
        #expect(sample.value(.l3MissesPerSecond) == 800_000)
    }

    @Test func clocksThatTheHypervisorHidesAreNotRead() throws {
        var registers = ScriptedMachine.intel
        registers[.maximumPerformanceClock] = nil
        registers[.actualPerformanceClock] = nil
        let machine = try machine(Self.guest, registers)
        let reader = try machine.reader(isReadOnly: true)
        let reason = try #require(column(.activeFrequencyHertz, reader)?.detail)
        #expect(reason.contains("read-only"))
        #expect(reader.sample().tally.failedReads == 0)
        let description = ProcessorDescription(
            topology: try machine.folder.layout().topology, cpuinfo: nil, cpuid: machine.cpuid)
        #expect(description.performanceClockFlaw == "the hypervisor hides MPERF and APERF (CPUID 6:ECX bit 0 is 0)")
    }

    /// The first that tells counts: crystal, base clock, PLATFORM_INFO; then the clock is measured.
    @Test(arguments: [
        ([0x15: CPUIDRegisters(eax: 2, ebx: 160, ecx: 25_000_000), 0x16: CPUIDRegisters(eax: 2100)], UInt64(20), 2e9),
        ([0x16: CPUIDRegisters(eax: 2100)], 20, 2.1e9), ([:], 22, 2.2e9), ([:], 0, 2e9),
    ] as [([UInt32: CPUIDRegisters], UInt64, Double)])
    func nominalClockIsTakenFromTheFirstThatTells(leaves: [UInt32: CPUIDRegisters], ratio: UInt64, hertz: Double) throws {
        var table = Self.bareMetal
        for (leaf, answer) in leaves { table[leaf] = answer }
        var registers = ScriptedMachine.intel
        registers[.platformInfo] = ratio << 8
        let machine = try machine(table, registers)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(ScriptedMachine.work)
        #expect(reader.sample().value(.activeFrequencyHertz) == hertz)
    }
}
