import Registers
import Testing
import Topology

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What perf events tell of machines of every kind, in exact numbers.
struct PerfSourceTests {
    private typealias Code = PerfMachine.Code

    @Test func intelServerTellsEverything() throws {
        let machine = try PerfMachine()
        try machine.addIntelServer()
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(readings.value(.instructionsPerCycle) == 1.5)
        #expect(readings.value(.instructionsPerCycle, .core(3)) == 1.5)
        #expect(readings.value(.c0Residency) == 0.25)
        #expect(readings.value(.c6Residency, .core(1)) == 0.5)
        #expect(readings.value(.c1Residency) == 0.25)
        #expect(readings.value(.l3MissesPerSecond) == 800_000)
        #expect(readings.value(.l3ReferencesPerSecond, .core(2)) == 800_000)
        #expect(readings.value(.l3HitRatio) == 0.75)
        #expect(readings.value(.l3LoadMissesPerSecond) == 200_000)
        #expect(readings.value(.l3LoadHitsPerSecond, .socket(0)) == 600_000)
        #expect(readings.value(.activeFrequencyHertz) == 2e9)
        #expect(readings.value(.packageC2Residency) == 0.125)
        #expect(readings.value(.packageC6Residency, .socket(0)) == 0.25)
        #expect(readings.value(.packagePowerWatts) == 100)
        #expect(readings.value(.memoryPowerWatts) == 25)
        let column = try #require(readings.column(.l3MissesPerSecond))
        #expect(column.source == "perf")
        #expect(column.quality == .measured)
        #expect(column.detail == "longest_lat_cache.miss (2E/41)")
    }

    @Test func oneReadPerCPUGivesAllOfItsEvents() throws {
        let machine = try PerfMachine()
        try machine.addIntelServer()
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        let before = machine.door.reads
        readings.step()
        // Four CPUs, two cores' residencies, one package's residencies and one package's energies.
        #expect(machine.door.reads - before == 8)
        #expect(readings.sources.reads == machine.door.reads)
    }

    @Test func zen2TakesC0AndClockFromItsFreeRunningPair() throws {
        let machine = try PerfMachine()
        try machine.tree.addUnit("cpu", type: 4, ["format/event": "config:0-7,32-35", "format/umask": "config:8-15"])
        try machine.addTimeStamps()
        try machine.tree.addUnit(
            "amd_l3", type: 11,
            ["cpumask": "0,2", "format/event": "config:0-7", "format/umask": "config:8-15"])
        for (code, perSecond): (PerfEventCode, UInt64) in [
            (Code.cycles, 750_000_000), (Code.instructions, 1_500_000_000),
            (PerfEventCode(type: 11, config: 0x104), 1_000_000), (PerfEventCode(type: 11, config: 0xFF04), 4_000_000),
        ] { machine.door.count(code, perSecond: perSecond) }
        let readings = try machine.reading(.zen2)
        readings.step()
        #expect(readings.value(.instructionsPerCycle) == 2)
        #expect(readings.value(.c0Residency) == 0.25)
        #expect(readings.column(.c0Residency)?.detail?.contains("MPERF") == true)
        #expect(readings.value(.activeFrequencyHertz) == 3e9)
        // Two caches in one socket.
        #expect(readings.value(.l3MissesPerSecond) == 2_000_000)
        #expect(readings.value(.l3HitRatio, .socket(0)) == 0.75)
        #expect(readings.column(.l3MissesPerSecond)?.detail?.contains("l3_lookup_state.l3_miss (04/01)") == true)
        #expect(readings.value(.c6Residency) == nil)
        #expect(readings.column(.c6Residency)?.detail?.contains("no unit cstate_core") == true)
    }

    @Test func zen4CountsReferenceCyclesFillsAndMemory() throws {
        let machine = try PerfMachine()
        try machine.tree.addUnit("cpu", type: 4, ["format/event": "config:0-7,32-35", "format/umask": "config:8-15"])
        try machine.addTimeStamps()
        for number in 0..<2 {
            try machine.tree.addUnit(
                "amd_umc_\(number)", type: 40 + number,
                ["cpumask": "0", "format/event": "config:0-7", "format/rdwrmask": "config:8-9"])
            machine.door.count(PerfEventCode(type: UInt32(40 + number), config: 0x10A), perSecond: 3_000_000)
            machine.door.count(PerfEventCode(type: UInt32(40 + number), config: 0x20A), perSecond: 1_000_000)
        }
        machine.door.count(Code.cycles, perSecond: 1_000_000_000)
        machine.door.count(Code.instructions, perSecond: 500_000_000)
        machine.door.count(PerfEventCode(type: 4, config: 0x1_0000_0120), perSecond: 500_000_000)
        machine.door.count(PerfEventCode(type: 4, config: 0x4844), perSecond: 250_000)
        let readings = try machine.reading(.zen4)
        readings.step()
        #expect(readings.value(.c0Residency) == 0.25)
        #expect(readings.value(.instructionsPerCycle) == 0.5)
        #expect(readings.value(.activeFrequencyHertz) == 4e9)
        #expect(readings.value(.memoryFillsPerSecond) == 1_000_000)
        #expect(readings.value(.memoryReadBytesPerSecond) == 384_000_000)
        #expect(readings.value(.memoryWriteBytesPerSecond) == 128_000_000)
        #expect(readings.column(.memoryReadBytesPerSecond)?.quality == .measured)
    }

    @Test func eachKindOfCoreIsCountedByItsOwnUnit() throws {
        let machine = try PerfMachine(cpus: 4, threads: 1)
        try machine.tree.addUnit("cpu_core", type: 4, ["cpus": "0-1", "format/event": "config:0-7"])
        try machine.tree.addUnit("cpu_atom", type: 10, ["cpus": "2-3", "format/event": "config:0-7"])
        try machine.addTimeStamps()
        for (unit, scale) in [(UInt64(4) << 32, UInt64(1)), (10 << 32, 2)] {
            machine.door.count(PerfEventCode(type: 0, config: unit), perSecond: 1_000_000_000)
            machine.door.count(PerfEventCode(type: 0, config: unit | 1), perSecond: 500_000_000 * scale)
            machine.door.count(PerfEventCode(type: 0, config: unit | 9), perSecond: 500_000_000 * scale)
        }
        let readings = try machine.reading(.alderLake)
        readings.step()
        #expect(readings.value(.instructionsPerCycle, .core(1)) == 0.5)
        #expect(readings.value(.instructionsPerCycle, .core(2)) == 1)
        #expect(readings.value(.instructionsPerCycle) == 0.75)
        #expect(readings.value(.c0Residency, .core(0)) == 0.25)
        #expect(readings.value(.c0Residency, .core(3)) == 0.5)
        #expect(
            readings.column(.l3MissesPerSecond)?.detail
                == "cache-misses on cpu0 is refused (ENOENT): the kernel has no such counter on this processor (guests"
                + " without a vPMU have none)")
    }

    @Test func guestWithCoreCountersEstimatesReadsAndSaysWhatItLacks() throws {
        let machine = try PerfMachine()
        try machine.tree.addUnit("cpu", type: 4, ["format/event": "config:0-7", "format/umask": "config:8-15"])
        try machine.tree.addUnit("msr", type: 9, ["format/event": "config:0-63", "events/tsc": "event=0x00"])
        for (code, perSecond): (PerfEventCode, UInt64) in [
            (Code.cycles, 500_000_000), (Code.instructions, 750_000_000), (Code.referenceCycles, 500_000_000),
            (Code.timeStamp, 2_000_000_000), (Code.cacheMisses, 200_000), (Code.cacheReferences, 800_000),
        ] { machine.door.count(code, perSecond: perSecond) }
        machine.door.refuse(opening: Code.loadMisses, with: EINVAL)
        let readings = try machine.reading(.sapphireRapids)
        readings.step()
        #expect(readings.value(.instructionsPerCycle) == 1.5)
        #expect(readings.value(.c0Residency) == 0.25)
        #expect(readings.value(.c1Residency) == 0.75)
        #expect(readings.value(.memoryReadBytesPerSecond) == 51_200_000)
        #expect(readings.column(.memoryReadBytesPerSecond)?.quality == .estimate)
        let folder = "\(machine.tree.root)/bus/event_source/devices"
        func reason(_ metric: Metric) -> String? {
            let column = readings.column(metric)
            return column?.quality == .unavailable ? column?.detail : nil
        }
        #expect(
            reason(.memoryWriteBytesPerSecond)
                == "\(folder) has no unit for the memory controllers (guests have none)")
        #expect(reason(.c6Residency) == "\(folder) has no unit cstate_core (guests have none)")
        #expect(reason(.packagePowerWatts) == "\(folder) has no unit power (guests have none)")
        #expect(
            reason(.l3LoadMissesPerSecond)
                == "mem_load_retired.l3_miss (D1/20) on cpu0 is refused (EINVAL): it does not fit beside the group's"
                + " other events, or this processor does not have it")
    }

    @Test func guestWithoutCoreCountersHasTheTimeStampAlone() throws {
        let machine = try PerfMachine()
        try machine.tree.addUnit(
            "msr", type: 9,
            ["format/event": "config:0-63", "events/tsc": "event=0x00", "events/smi": "event=0x04"])
        try machine.tree.addUnit(
            "power", type: 22,
            ["cpumask": "0", "format/event": "config:0-7", "events/energy-psys": "event=0x05"])
        machine.door.count(Code.timeStamp, perSecond: 2_000_000_000)
        let readings = try machine.reading(.sapphireRapids)
        readings.step()
        let supply = readings.sources.selection.supply(of: .timeStamp, row: 4)
        #expect(supply?.source == 0)
        #expect(machine.door.openEvents(on: 0) == [Code.timeStamp])
        #expect(
            readings.column(.instructionsPerCycle)?.detail
                == "\(machine.tree.root)/bus/event_source/devices has no unit for the CPU's core (guests without a vPMU"
                + " have none)")
        #expect(
            readings.column(.packagePowerWatts)?.detail == "the unit power has no event energy-pkg on this machine")
    }

    @Test func countersOfTwoSocketsAreKeptApartAndDiesAdded() throws {
        let machine = try PerfMachine(cpus: 8, threads: 1, packages: 2)
        try machine.addIntelServer(coreReaders: "0-7", packageReaders: "0,2,4")
        machine.door.count(Code.packageEnergy, perSecond: 50 << 32, on: 4)
        machine.door.count(Code.packageC6, perSecond: 1_000_000_000, on: 4)
        machine.door.count(Code.instructions, perSecond: 250_000_000, on: 7)
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        // Socket 0 has two dies, each with energies of its own and the same residency.
        #expect(readings.value(.packagePowerWatts, .socket(0)) == 200)
        #expect(readings.value(.packagePowerWatts, .socket(1)) == 50)
        #expect(readings.value(.packagePowerWatts) == 250)
        #expect(readings.value(.packageC6Residency, .socket(0)) == 0.25)
        #expect(readings.value(.packageC6Residency, .socket(1)) == 0.5)
        #expect(readings.value(.instructionsPerCycle, .core(7)) == 0.5)
        #expect(readings.value(.instructionsPerCycle, .socket(0)) == 1.5)
        machine.door.refuse(readingOn: 2, with: EIO)
        readings.step()
        #expect(readings.value(.packagePowerWatts, .socket(0)) == nil)
        #expect(readings.value(.packagePowerWatts, .socket(1)) == 50)
        #expect(readings.column(.packagePowerWatts)?.detail?.contains("1 of 2 parts") == true)
        #expect(
            readings.sources.selection.denials(of: .packageEnergy, row: 8).map(\.reason)
                == ["reading the counters failed (errno 5)"])
    }

    @Test func everythingIsGivenBackInTheEnd() throws {
        let machine = try PerfMachine()
        try machine.addIntelServer()
        try machine.addMemory("uncore_imc", count: 2, type: 30, events: PerfMachine.columnCommands)
        for type in [UInt32(30), 31] {
            machine.door.count(PerfEventCode(type: type, config: 0x304), perSecond: 100)
            machine.door.count(PerfEventCode(type: type, config: 0xC04), perSecond: 100)
        }
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(machine.door.openEventCount == 4 * 8 + 2 + 2 + 2 + 4)
        readings.close()
        #expect(machine.door.openEventCount == 0)
        readings.step()
        #expect(readings.value(.instructionsPerCycle) == nil)
        #expect(readings.column(.instructionsPerCycle)?.detail == "the counters were given back")
    }
}
