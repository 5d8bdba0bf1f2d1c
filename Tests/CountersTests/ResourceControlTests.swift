import Measures
import Registers
import Testing
import Topology

@testable import Counters

/// Traffic behind the caches from a tree of files as the kernel's resource control shows it.
struct ResourceControlTests {
    private let root = "sys/fs/resctrl"

    /// A machine of two packages with a cache each, numbered the other way round, and the root's own group.
    private func machine(groups: [String] = [""]) throws -> ScriptedMachine {
        let folder = try MachineFolder(cpuCount: 4, packages: 2)
        for cpu in 0..<4 {
            let cache = "sys/devices/system/cpu/cpu\(cpu)/cache/index3"
            try folder.write(cpu < 2 ? "8" : "3", to: "\(cache)/id")
            try folder.write(cpu < 2 ? "0-1" : "2-3", to: "\(cache)/shared_cpu_list")
        }
        for group in groups { try write(folder, group, [8: (0, 0), 3: (0, 0)]) }
        return try ScriptedMachine(folder, [:])
    }

    /// Sets what a group's files say, by cache: all bytes and local ones.
    private func write(
        _ folder: MachineFolder, _ group: String, _ values: [Int: (total: UInt64, local: UInt64)]
    ) throws {
        for (cache, value) in values {
            let path = "\(root)/\(group)\(group.isEmpty ? "" : "/")mon_data/mon_L3_\(cache < 10 ? "0" : "")\(cache)"
            try folder.write("\(value.total)", to: "\(path)/mbm_total_bytes")
            try folder.write("\(value.local)", to: "\(path)/mbm_local_bytes")
            try folder.write("4096", to: "\(path)/llc_occupancy")
        }
    }

    private func step(_ machine: ScriptedMachine, seconds: Double = 1) {
        machine.time.advance(byNanoseconds: UInt64(seconds * 1e9))
    }

    private func column(_ metric: Metric, _ reader: CounterReader) -> Column? {
        reader.columns.columns.first { $0.metric == metric && $0.scope == .system }
    }

    @Test func bytesOfEachCacheBelongToThePackageOfItsCPUs() throws {
        let machine = try machine()
        try write(machine.folder, "", [8: (1 << 50, 7), 3: (5, 3)])
        let reader = try machine.reader(.proc)
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == nil)
        step(machine)
        try write(machine.folder, "", [8: (1 << 50 + 6000, 1007), 3: (505, 53)])
        let sample = reader.sample()
        #expect(sample.value(.l3ExternalBytesPerSecond, .socket(0)) == 6000)
        #expect(sample.value(.l3ExternalBytesPerSecond, .socket(1)) == 500)
        #expect(sample.value(.l3ExternalBytesPerSecond) == 6500)
        #expect(sample.value(.l3LocalBytesPerSecond) == 1050)
        let column = try #require(sample.column(.l3ExternalBytesPerSecond))
        #expect(column.source == "resctrl" && column.quality == .measured && column.detail == "mbm_total_bytes")
    }

    @Test func controlGroupsAreAddedAndMonitoringGroupsAreInThemAlready() throws {
        let machine = try machine(groups: ["", "mon_groups/a", "batch", "batch/mon_groups/b"])
        try machine.folder.write("mbm_total_bytes", to: "\(root)/info/L3_MON/mon_features")
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        step(machine)
        // The root's 1000 contain a's 400, batch's 300 contain b's 200.
        try write(machine.folder, "", [8: (1000, 0)])
        try write(machine.folder, "mon_groups/a", [8: (400, 0)])
        try write(machine.folder, "batch", [8: (300, 0)])
        try write(machine.folder, "batch/mon_groups/b", [8: (200, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 1300)
    }

    @Test func monitoringGroupThatGoesTakesNothingBack() throws {
        let machine = try machine(groups: ["", "mon_groups/a"])
        try write(machine.folder, "", [8: (1000, 0)])
        try write(machine.folder, "mon_groups/a", [8: (700, 0)])
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        step(machine)
        try write(machine.folder, "", [8: (1500, 0)])
        try write(machine.folder, "mon_groups/a", [8: (900, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 500)
        step(machine)
        // With a's 900 gone, the root's 1500 are 600; 250 more came.
        try machine.folder.remove("\(root)/mon_groups/a")
        try write(machine.folder, "", [8: (850, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 250)
        // One that outruns what is gone is no different.
        try write(machine.folder, "mon_groups/c", [8: (0, 0)])
        step(machine)
        try write(machine.folder, "", [8: (950, 0)])
        try write(machine.folder, "mon_groups/c", [8: (60, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 100)
        step(machine)
        try machine.folder.remove("\(root)/mon_groups/c")
        try write(machine.folder, "", [8: (2890, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 2000)
    }

    @Test func monitoringGroupThatMovesCountsOnce() throws {
        let machine = try machine(groups: ["", "batch", "mon_groups/a"])
        try machine.folder.write("", to: "\(root)/batch/mon_groups/.keep")
        try write(machine.folder, "", [8: (1000, 0)])
        try write(machine.folder, "mon_groups/a", [8: (700, 0)])
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        step(machine)
        try machine.folder.move("\(root)/mon_groups/a", to: "\(root)/batch/mon_groups/a")
        try write(machine.folder, "", [8: (310, 0)])
        try write(machine.folder, "batch", [8: (740, 0)])
        try write(machine.folder, "batch/mon_groups/a", [8: (720, 0)])
        // 10 more in the root and 20 in batch; what the group counted between two looks is not told apart.
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 30)
        step(machine)
        try write(machine.folder, "batch", [8: (840, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 100)
    }

    @Test func controlGroupThatGoesKeepsWhatItCountedAndANewOneStartsFromWhatItHolds() throws {
        let machine = try machine(groups: ["", "batch"])
        try write(machine.folder, "batch", [8: (9_000, 0)])
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        step(machine)
        try write(machine.folder, "", [8: (100, 0)])
        try write(machine.folder, "batch", [8: (9_050, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 150)
        try machine.folder.remove("\(root)/batch")
        step(machine)
        try write(machine.folder, "", [8: (300, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 200)
        try write(machine.folder, "late", [8: (5_000, 0), 3: (0, 0)])
        step(machine)
        try write(machine.folder, "", [8: (400, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 100)
        step(machine)
        try write(machine.folder, "late", [8: (5_070, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 70)
    }

    @Test func groupsThatComeAndGoWithinASecondAreSeenByTheFoldersTheyLeave() throws {
        let machine = try machine(groups: ["", "mon_groups/a"])
        try write(machine.folder, "", [8: (1000, 0)])
        try write(machine.folder, "mon_groups/a", [8: (700, 0)])
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        step(machine, seconds: 0.25)
        try machine.folder.remove("\(root)/mon_groups/a")
        try write(machine.folder, "", [8: (3_300, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 12_000)
    }

    @Test(arguments: ["Unavailable", "Error", "Unassigned", ""])
    func wordInsteadOfANumberIsNoSampleAndTheBaselineStays(word: String) throws {
        let machine = try machine()
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        step(machine)
        try write(machine.folder, "", [8: (1000, 10), 3: (10, 1)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 1010)
        step(machine)
        try machine.folder.write(word, to: "\(root)/mon_data/mon_L3_08/mbm_total_bytes")
        let without = reader.sample()
        #expect(without.value(.l3ExternalBytesPerSecond) == nil)
        #expect(without.value(.l3ExternalBytesPerSecond, .socket(0)) == nil)
        #expect(without.value(.l3ExternalBytesPerSecond, .socket(1)) == 0)
        #expect(without.value(.l3LocalBytesPerSecond) == 0)
        step(machine)
        try write(machine.folder, "", [8: (1800, 10)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == nil)
        step(machine)
        try write(machine.folder, "", [8: (2000, 10)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 200)
    }

    @Test func wordThatStaysMakesTheTrafficUnavailableUntilItIsTriedAgain() throws {
        let machine = try machine()
        let path = "\(root)/mon_data/mon_L3_08/mbm_total_bytes"
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        try machine.folder.write("Unavailable", to: path)
        for _ in 0..<ResourceControlSource.toleratedGaps {
            #expect(column(.l3ExternalBytesPerSecond, reader)?.quality == .measured)
            step(machine)
            _ = reader.sample()
        }
        let given = try #require(column(.l3ExternalBytesPerSecond, reader))
        #expect(given.quality == .estimate && given.detail?.contains("1 of 2 parts") == true)
        #expect(reader.columns.columns.contains { $0.scope == .socket(0) && $0.detail?.contains("\(path) says \"Unavailable\"") == true })
        try machine.folder.write("77", to: path)
        for _ in 0..<31 {
            step(machine)
            _ = reader.sample()
        }
        #expect(column(.l3ExternalBytesPerSecond, reader)?.quality == .measured)
        step(machine)
        try machine.folder.write("177", to: path)
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 100)
    }

    @Test func sumThatDipsForAMomentIsNoJump() throws {
        let machine = try machine()
        try write(machine.folder, "", [8: (5000, 0)])
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        // The kernel leaves out of a group's sum what it cannot read in it.
        var rates: [Double?] = []
        for value: UInt64 in [5100, 2000, 2010, 5400, 5500, 5600] {
            step(machine)
            try write(machine.folder, "", [8: (value, 0)])
            rates.append(reader.sample().value(.l3ExternalBytesPerSecond))
        }
        #expect(rates == [100, nil, nil, nil, 100, 100])
    }

    @Test func sumThatStaysLowIsANewBaseline() throws {
        let machine = try machine()
        try write(machine.folder, "", [8: (5000, 0)])
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        var rates: [Double?] = []
        for value: UInt64 in [10, 20, 30, 40, 50, 60] {
            step(machine)
            try write(machine.folder, "", [8: (value, 0)])
            rates.append(reader.sample().value(.l3ExternalBytesPerSecond))
        }
        #expect(rates == [nil, nil, nil, nil, 10, 10])
    }

    @Test func treeThatCannotBeReadSaysWhatIsMissing() throws {
        let folder = try MachineFolder()
        func reason() throws -> String? {
            try column(.l3ExternalBytesPerSecond, ScriptedMachine(folder, [:]).reader(.proc))?.detail
        }
        #expect(try reason()?.contains("no resource control") == true)
        try folder.makeFolder(root)
        #expect(try reason()?.contains("mount -t resctrl resctrl") == true)
        try folder.write("L3:0=fff", to: "\(root)/schemata")
        #expect(try reason()?.contains("monitors nothing") == true)
        try folder.write("1", to: "\(root)/mon_data/mon_L3_00/llc_occupancy")
        #expect(try reason()?.contains("belongs to this socket") == true)
        try folder.write("1", to: "\(root)/mon_data/mon_L3_00/mbm_local_bytes")
        #expect(try reason() == "the processor does not count mbm_total_bytes")
        // A single package needs no cache numbers.
        try folder.write("1", to: "\(root)/mon_data/mon_L3_00/mbm_total_bytes")
        #expect(try reason() == "mbm_total_bytes")
        try folder.write("0=0x33;1=0x33", to: "\(root)/info/L3_MON/mbm_total_bytes_config")
        #expect(try reason() == "mbm_total_bytes, configured as 0x33")
    }

    @Test func treeThatIsMountedLaterIsFoundAndOneThatGoesIsMissed() throws {
        let machine = try machine(groups: [])
        try machine.folder.makeFolder(root)
        let reader = try machine.reader(.proc)
        _ = reader.sample()
        try write(machine.folder, "", [8: (10, 0), 3: (10, 0)])
        for _ in 0..<32 {
            step(machine)
            _ = reader.sample()
        }
        step(machine)
        try write(machine.folder, "", [8: (110, 0)])
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == 100)
        try machine.folder.remove(root)
        try machine.folder.makeFolder(root)
        step(machine)
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == nil)
        #expect(column(.l3ExternalBytesPerSecond, reader)?.detail?.contains("not mounted") == true)
    }

    @Test func moreGroupsThanAreFollowedAreRefusedRatherThanLeftOut() throws {
        let machine = try machine()
        for number in 0..<ResourceControlTree.mostGroups { try machine.folder.makeFolder("\(root)/mon_groups/\(number)") }
        let reader = try machine.reader(.proc)
        #expect(column(.l3ExternalBytesPerSecond, reader)?.detail?.contains("more than 512 groups") == true)
    }

    @Test func nothingIsMadeOrWritten() throws {
        let machine = try machine(groups: ["", "mon_groups/a", "batch"])
        let before = try machine.folder.listing(root)
        let reader = try machine.reader(.proc)
        for _ in 0..<3 {
            step(machine)
            _ = reader.sample()
        }
        reader.close()
        #expect(try machine.folder.listing(root) == before)
    }
}
