import Foundation
import Measures
import Registers
import Testing
import Topology

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Counters of AMD cores, through registers in memory.
struct AMDCoreTests {
    private func column(_ metric: Metric, _ reader: CounterReader) -> Column? {
        reader.columns.columns.first { $0.metric == metric && $0.scope == .system }
    }

    @Test(arguments: [ProcessorGeneration.zen1, .zen2, .zen3])
    func coresBeforeZen4CountInstructionsAndCyclesAndTellC0ByMPERF(generation: ProcessorGeneration) throws {
        let machine = try ZenMachine.machine(generation)
        let reader = try machine.reader()
        let programmed = machine.cpus[3].contents
        #expect(programmed[.zenEventSelect(0)] == 0x4300C0)
        #expect(programmed[.zenEventSelect(1)] == 0x430076)
        #expect(programmed[.zenEventSelect(2)] == (generation == .zen3 ? 0x434844 : 0))
        #expect(programmed[.zenGlobalControl] == 0)
        _ = reader.sample()
        try machine.step(ZenMachine.work)
        let sample = reader.sample()
        for scope: Scope in [.system, .socket(0), .core(0), .core(3)] {
            #expect(sample.value(.instructionsPerCycle, scope) == 1.5)
            #expect(sample.value(.c0Residency, scope) == 0.25)
            #expect(sample.value(.c1Residency, scope) == 0.75)
            #expect(sample.value(.activeFrequencyHertz, scope) == 2.5e9)
        }
        #expect(sample.column(.c0Residency)?.detail?.contains("MPERF") == true)
        #expect(sample.column(.instructionsPerCycle)?.detail == "ex_ret_instr (C0/00)")
        #expect(sample.column(.c6Residency)?.detail?.contains("no residency registers") == true)
        // On Zen 3 the third counter counts fills instead.
        #expect(sample.value(.memoryFillsPerSecond) == (generation == .zen3 ? 2_000_000_000 : nil))
    }

    @Test(arguments: [ProcessorGeneration.zen4, .zen5])
    func coresFromZen4OnCountReferenceCyclesBehindTheGlobalControl(generation: ProcessorGeneration) throws {
        let machine = try ZenMachine.machine(generation)
        // Two counters beyond ours are enabled by somebody else, and stay so.
        for cpu in machine.cpus { try cpu.write(0b11_0000, to: .zenGlobalControl) }
        let reader = try machine.reader()
        let programmed = machine.cpus[0].contents
        #expect(programmed[.zenEventSelect(0)] == 0x4300C0)
        #expect(programmed[.zenEventSelect(1)] == 0x430076)
        #expect(programmed[.zenEventSelect(2)] == 0x1_0043_0120)
        #expect(programmed[.zenEventSelect(3)] == 0x434844)
        #expect(programmed[.zenGlobalControl] == 0b11_1111)
        #expect(programmed[.zenGlobalStatusClear] == 0b1111)
        _ = reader.sample()
        try machine.step(ZenMachine.work)
        let sample = reader.sample()
        #expect(sample.value(.instructionsPerCycle) == 1.5)
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.column(.c0Residency)?.detail == "ls_not_halted_p0_cyc.p0_freq_cyc (120/01)")
        #expect(sample.value(.activeFrequencyHertz) == 2.5e9)
        // Lines filled from memory are called so and never misses of the last-level cache.
        #expect(sample.value(.memoryFillsPerSecond) == 1_600_000)
        #expect(sample.value(.l3MissesPerSecond) == nil)
        #expect(sample.column(.l3MissesPerSecond)?.detail?.contains("each last-level cache counts") == true)
        reader.close()
        for cpu in machine.cpus {
            #expect(cpu.contents[.zenGlobalControl] == 0b11_0000)
            for index in 0..<6 { #expect(cpu.contents[.zenEventSelect(index)] == 0) }
        }
    }

    @Test func countersWrapAt48Bits() throws {
        let machine = try ZenMachine.machine(.zen2)
        for cpu in machine.cpus { try cpu.write((1 << 48) - 1, to: .zenCounter(0)) }
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(ZenMachine.work)
        for cpu in machine.cpus { try cpu.write(9_374_999, to: .zenCounter(0)) }
        #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
    }

    @Test func energyOfThePackageIsInTheUnitOfItsRegister() throws {
        let machine = try ZenMachine.machine(.zen2, packages: 2)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.step(seconds: 1, [.timeStampCounter: 2_000_000_000, .zenPackageEnergy: 1 << 17, .zenCoreEnergy: 1 << 20])
        let sample = reader.sample()
        // 2^-16 J a count; the cores' own sum is another and not added.
        #expect(sample.value(.packagePowerWatts, .socket(1)) == 2)
        #expect(sample.value(.packagePowerWatts) == 4)
        #expect(sample.column(.memoryPowerWatts)?.detail == "AMD processors count no energy of memory")
    }

    @Test(arguments: [(UInt64(0x430076), "PERF_CTL4 holds 0x430076"), (0x530076, "nmi_watchdog")])
    func counterThatIsSwitchedOnIsSomebodys(select: UInt64, name: String) throws {
        let machine = try ZenMachine.machine(.zen3)
        try machine.cpus[2].write(select, to: .zenEventSelect(4))
        let before = machine.coreControls
        let reader = try machine.reader()
        #expect(machine.coreControls == before)
        let reason = try #require(column(.instructionsPerCycle, reader)?.detail)
        #expect(reason.contains("CPU 2") && reason.contains(name))
        _ = reader.sample()
        try machine.step(ZenMachine.work)
        #expect(reader.sample().value(.c0Residency) == 0.25)
        // Its owner leaves; half a minute after the refusal the counters are claimed.
        try machine.cpus[2].write(select & ~ZenCoreEvent.enable, to: .zenEventSelect(4))
        for _ in 0..<62 {
            try machine.step(seconds: 0.5, ZenMachine.work)
            _ = reader.sample()
        }
        try machine.step(ZenMachine.work)
        #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
    }

    @Test func whatClosedEventsLeaveBehindIsPutBackToo() throws {
        let machine = try ZenMachine.machine(.zen4)
        // The kernel switches a closed event off and leaves the rest, interrupt included.
        for cpu in machine.cpus { try cpu.write(0x0000_0001_0013_0120, to: .zenEventSelect(1)) }
        let before = machine.controls
        let reader = try machine.reader()
        #expect(machine.cpus[0].contents[.zenEventSelect(1)] == 0x430076)
        reader.close()
        #expect(machine.controls == before)
    }

    @Test func ownerThatAppearsInMidRunTakesTheCountersAndKeepsThem() throws {
        let machine = try ZenMachine.machine(.zen3)
        let reader = try machine.reader()
        _ = reader.sample()
        try machine.cpus[1].write(0x5300C1, to: .zenEventSelect(0))
        for _ in 0..<20 {
            try machine.step(ZenMachine.work)
            _ = reader.sample()
        }
        #expect(column(.instructionsPerCycle, reader)?.detail?.contains("CPU 1") == true)
        #expect(machine.cpus[0].contents[.zenEventSelect(0)] == 0)
        #expect(machine.cpus[1].contents[.zenEventSelect(1)] == 0)
        reader.close()
        #expect(machine.cpus[1].contents[.zenEventSelect(0)] == 0x5300C1)
    }

    @Test func refusedWritesLeaveWhatCountsByItself() throws {
        let machine = try ZenMachine.machine(.zen4)
        for cpu in machine.cpus { cpu.failWrites(of: .zenEventSelect(2), with: .errno(EPERM)) }
        let before = machine.coreControls
        let reader = try machine.reader()
        #expect(machine.coreControls == before)
        _ = reader.sample()
        try machine.step(ZenMachine.work)
        let sample = reader.sample()
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.value(.instructionsPerCycle) == nil)
        #expect(sample.column(.instructionsPerCycle)?.detail?.contains("errno 1") == true)
    }

    @Test func killedReadersSuccessorRestoresEveryPurpose() throws {
        let machine = try ZenMachine.machine(.zen4, caches: [[0, 1], [2, 3]])
        for cpu in machine.cpus { try cpu.write(0x3C0, to: .zenEventSelect(1)) }
        let before = machine.controls
        let record = "\(machine.folder.root)/claims"
        let first = try machine.reader(record: record)
        let claimed = (machine.cpus.map(\.contents), try String(contentsOfFile: record, encoding: .utf8))
        for purpose in ["core", "l3", "umc"] { #expect(claimed.1.contains(" \(purpose) ")) }
        #expect(machine.controls != before)
        first.close()
        #expect(machine.controls == before)
        // What a kill would have left.
        for (cpu, contents) in zip(machine.cpus, claimed.0) {
            for (register, value) in contents { try cpu.write(value, to: register) }
        }
        try claimed.1.write(toFile: record, atomically: true, encoding: .utf8)
        try ClaimLedger(ClaimRecord(path: record)).repair { number throws(RegisterError) in machine.cpus[number] }
        #expect(machine.controls == before)
    }

    @Test func guestsWithoutCountersSaySo() throws {
        let machine = try ZenMachine.machine(.zen4, caches: [[0, 1, 2, 3]])
        var table = ZenMachine.cpuid(.zen4, memoryControllers: 0, isGuest: true)
        table[0x8000_0001] = CPUIDRegisters()
        table[6] = CPUIDRegisters()
        let answers = table
        machine.cpuid = { _ in answers }
        let reader = try machine.reader()
        #expect(column(.instructionsPerCycle, reader)?.detail?.contains("the hypervisor gives this guest no core") == true)
        #expect(column(.memoryWriteBytesPerSecond, reader)?.detail?.contains("hypervisor gives this guest none") == true)
        #expect(column(.l3HitRatio, reader)?.detail?.contains("l3: the last-level caches have no counters") == true)
        #expect(machine.cpus.allSatisfy { $0.writes.isEmpty })
    }

    @Test func unknownGenerationCountsWhatAllHave() throws {
        let folder = try MachineFolder(vendor: "AuthenticAMD", family: 0x1C, model: 1, stepping: 0)
        try folder.writeCaches([[0, 1, 2, 3]])
        let machine = try ScriptedMachine(folder, ZenMachine.registers)
        machine.cpuid = { _ in ZenMachine.cpuid(.zen5) }
        let reader = try machine.reader()
        #expect(machine.cpus[0].contents[.zenEventSelect(1)] == 0x430076)
        #expect(machine.cpus[0].contents[.zenEventSelect(2)] == 0)
        #expect(machine.cpus[0].contents[.zenCacheControl(0)] == 0)
        #expect(machine.cpus[0].contents[.zenGlobalControl] == 0b11)
        _ = reader.sample()
        try machine.step(ZenMachine.work)
        #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
    }

    @Test func whatCannotBeAskedFollowsFromTheGeneration() throws {
        let machine = try ZenMachine.machine(.zen4)
        machine.cpuid = { _ in nil }
        let reader = try machine.reader()
        #expect(machine.cpus[0].contents[.zenGlobalControl] == 0b1111)
        #expect(column(.memoryWriteBytesPerSecond, reader)?.detail?.contains("modprobe cpuid") == true)
    }
}
