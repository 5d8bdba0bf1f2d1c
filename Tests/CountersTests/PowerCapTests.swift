import Measures
import Registers
import Testing
import Topology

@testable import Counters

/// Energy from files as the kernel's power capping shows them.
struct PowerCapTests {
    private let root = "sys/class/powercap"

    private func write(_ folder: MachineFolder, _ zone: String, name: String, range: String = "262143328850", energy: String)
        throws
    {
        try folder.write(name, to: "\(root)/\(zone)/name")
        try folder.write(range, to: "\(root)/\(zone)/max_energy_range_uj")
        try folder.write(energy, to: "\(root)/\(zone)/energy_uj")
    }

    /// A machine of two packages with memory zones; `energy` is what all four counters hold.
    private func machine(energy: String = "1000000") throws -> ScriptedMachine {
        let folder = try MachineFolder(cpuCount: 4, packages: 2)
        for package in 0..<2 {
            // The kernel numbers zones in the order in which it finds the packages.
            let zone = "intel-rapl:\(1 - package)"
            try write(folder, zone, name: "package-\(package)", energy: energy)
            try write(folder, "\(zone)/\(zone):0", name: "core", energy: "5")
            try write(folder, "\(zone)/\(zone):1", name: "dram", range: "65712999613", energy: energy)
        }
        try write(folder, "intel-rapl:2", name: "psys", energy: "9")
        try write(folder, "intel-rapl-mmio:0", name: "package-0", energy: "9")
        try folder.write("1", to: "\(root)/intel-rapl/enabled")
        return try ScriptedMachine(folder, [:])
    }

    private func set(_ machine: ScriptedMachine, package: Int, _ energy: UInt64, memory: UInt64? = nil) throws {
        let zone = "intel-rapl:\(1 - package)"
        try machine.folder.write("\(energy)", to: "\(root)/\(zone)/energy_uj")
        if let memory { try machine.folder.write("\(memory)", to: "\(root)/\(zone)/\(zone):1/energy_uj") }
    }

    private func column(_ metric: Metric, _ reader: CounterReader) -> Column? {
        reader.columns.columns.first { $0.metric == metric && $0.scope == .system }
    }

    @Test func energyOfEachPackageAndItsMemoryIsCounted() throws {
        let machine = try machine()
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        machine.time.advance(byNanoseconds: 500_000_000)
        try set(machine, package: 0, 21_000_000, memory: 3_000_000)
        try set(machine, package: 1, 31_000_000, memory: 4_000_000)
        let sample = reader.sample()
        #expect(sample.value(.packagePowerWatts, .socket(0)) == 40)
        #expect(sample.value(.packagePowerWatts, .socket(1)) == 60)
        #expect(sample.value(.packagePowerWatts) == 100)
        #expect(sample.value(.memoryPowerWatts, .socket(0)) == 4)
        #expect(sample.value(.memoryPowerWatts) == 10)
        #expect(sample.column(.packagePowerWatts)?.source == "powercap")
        // Four zones at opening and twice since; the cores', the platform's and the second way to package 0 are not read.
        #expect(sample.tally.reads == 3 * 4)
    }

    @Test func counterThatWrapsAtItsRangeGoesOnExactly() throws {
        let machine = try machine(energy: "262143000000")
        try set(machine, package: 0, 262_143_000_000, memory: 65_712_999_613)
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        machine.time.advance(byNanoseconds: 1_000_000_000)
        try set(machine, package: 0, 671_150, memory: 2_000_000)
        let sample = reader.sample()
        #expect(sample.value(.packagePowerWatts, .socket(0)) == 1)
        #expect(sample.value(.memoryPowerWatts, .socket(0)) == 2)
        machine.time.advance(byNanoseconds: 1_000_000_000)
        try set(machine, package: 0, 3_671_150)
        #expect(reader.sample().value(.packagePowerWatts, .socket(0)) == 3)
    }

    @Test func counterSetBackIsNoSample() throws {
        let machine = try machine(energy: "90000000")
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        var watts: [Double?] = []
        for energy: UInt64 in [5, 2_000_005, 5_000_005, 9_000_005] {
            machine.time.advance(byNanoseconds: 1_000_000_000)
            try set(machine, package: 0, energy)
            watts.append(reader.sample().value(.packagePowerWatts, .socket(0)))
        }
        #expect(watts == [nil, nil, 3, 4])
    }

    @Test func diesOfAPackageAreAdded() throws {
        let folder = try MachineFolder()
        for die in 0..<2 { try write(folder, "intel-rapl:\(die)", name: "package-0-die-\(die)", energy: "10") }
        let machine = try ScriptedMachine(folder, [:])
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        machine.time.advance(byNanoseconds: 1_000_000_000)
        try folder.write("7000010", to: "\(root)/intel-rapl:0/energy_uj")
        try folder.write("3000010", to: "\(root)/intel-rapl:1/energy_uj")
        #expect(reader.sample().value(.packagePowerWatts) == 10)
    }

    @Test func partsThatTheClassAloneListsAreFound() throws {
        let folder = try MachineFolder()
        try write(folder, "intel-rapl:0", name: "package-0", energy: "10")
        try write(folder, "intel-rapl:0:0", name: "core", energy: "10")
        try write(folder, "intel-rapl:0:1", name: "dram", energy: "10")
        let machine = try ScriptedMachine(folder, [:])
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        machine.time.advance(byNanoseconds: 1_000_000_000)
        try folder.write("4000010", to: "\(root)/intel-rapl:0:1/energy_uj")
        #expect(reader.sample().value(.memoryPowerWatts) == 4)
    }

    @Test func counterThatNeverMovedIsNoEnergy() throws {
        let machine = try machine(energy: "0")
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        machine.time.advance(byNanoseconds: 1_000_000_000)
        let sample = reader.sample()
        #expect(sample.value(.packagePowerWatts) == nil)
        #expect(sample.column(.packagePowerWatts)?.quality == .unavailable)
        #expect(sample.column(.packagePowerWatts)?.detail?.contains("never moved") == true)
    }

    @Test func zoneThatCannotBeReadIsGivenUpWithItsPath() throws {
        let machine = try machine()
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        try machine.folder.write("no data", to: "\(root)/intel-rapl:0/energy_uj")
        machine.time.advance(byNanoseconds: 1_000_000_000)
        let sample = reader.sample()
        #expect(sample.value(.packagePowerWatts, .socket(1)) == nil)
        #expect(sample.column(.packagePowerWatts)?.detail?.contains("1 of 2 parts") == true)
        #expect(sample.tally.failedReads == 1)
        let given = try #require(sample.table.columns.first { $0.metric == .packagePowerWatts && $0.scope == .socket(1) })
        #expect(given.detail?.contains("intel-rapl:0/energy_uj cannot be read") == true)
        machine.time.advance(byNanoseconds: 1_000_000_000)
        try set(machine, package: 0, 6_000_000)
        #expect(reader.sample().value(.packagePowerWatts) == 5)
    }

    @Test func whatIsMissingIsNamed() throws {
        let folder = try MachineFolder()
        func reason(_ metric: Metric) throws -> String? {
            try column(metric, ScriptedMachine(folder, [:]).reader(.proc))?.detail
        }
        #expect(try reason(.packagePowerWatts)?.contains("intel_rapl_msr") == true)
        try folder.write("package-0", to: "\(root)/intel-rapl:0/name")
        #expect(try reason(.packagePowerWatts)?.contains("CAP_DAC_READ_SEARCH") == true)
        try folder.write("1", to: "\(root)/intel-rapl:0/energy_uj")
        #expect(try reason(.packagePowerWatts) == "energy_uj")
        #expect(try reason(.memoryPowerWatts)?.contains("no dram energy") == true)
    }

    @Test func registersComeFirstAndPowerCappingStandsIn() throws {
        let machine = try machine()
        var registers = ScriptedMachine.intel
        registers[.memoryEnergy] = nil
        let both = try ScriptedMachine(machine.folder, registers)
        let reader = try both.reader(.auto)
        #expect(column(.packagePowerWatts, reader)?.source == "msr")
        #expect(column(.memoryPowerWatts, reader)?.source == "powercap")
        #expect(column(.memoryPowerWatts, reader)?.detail?.contains("msr: read of 0x619") == true)
    }
}
