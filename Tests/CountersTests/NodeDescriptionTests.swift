import Foundation
import Registers
import Simulation
import Testing

@testable import Counters

/// What the reader believes about processors, CPUs and memory channels, from the kernel's text files.
struct NodeDescriptionTests {
    @Test(arguments: [
        ("vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: X : Y\nstepping\t: 7\n\n", 7),
        ("processor : 0\nvendor_id : GenuineIntel\nstepping : 4\nmodel : 85\ncpu family : 6\n\nstepping : 9\n", 4),
    ])
    func firstProcessorOfCPUInfoIsRead(text: String, stepping: Int) {
        #expect(ProcessorSignature(cpuinfo: text) == ProcessorSignature(family: 6, model: 85, stepping: stepping))
    }

    @Test func makerIsPartOfTheSignature() {
        let text = "vendor_id : AuthenticAMD\ncpu family : 25\nmodel : 17\nstepping : 1\n"
        #expect(
            ProcessorSignature(cpuinfo: text) == ProcessorSignature(vendor: .amd, family: 25, model: 17, stepping: 1))
    }

    @Test(arguments: [
        "", "vendor_id : CentaurHauls\ncpu family : 6\nmodel : 85\nstepping : 7\n",
        "vendor_id : GenuineIntel\ncpu family : 6\nmodel : 85\n",
        "vendor_id : GenuineIntel\ncpu family : six\nmodel : 85\nstepping : 7\n",
    ])
    func cpuinfoWithoutAKnownProcessorIsNone(text: String) {
        #expect(ProcessorSignature(cpuinfo: text) == nil)
    }

    @Test func cpuNumbersNeedNotBeContiguousNorAllOnline() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder, Stand.hardware(model: 0x55, cpuCount: 8, sockets: 2))
            try stand.write("1,5-7\n", to: "sys/devices/system/cpu/online")
            let online = try ProcessorTopology.onlineCPUs(sysfs: stand.tree.sysfsRoot)
            let topology = ProcessorTopology(online: online, sysfs: stand.tree.sysfsRoot)
            #expect(topology.cpus.map(\.number) == [1, 5, 6, 7])
            #expect(topology.cpus.map(\.siblings) == [[1, 5], [1, 5], [6], [7]])
            #expect(topology.cpus.map(\.readsCore) == [true, false, true, true])
            #expect(topology.packages == [0, 1])
            #expect(topology.reader(ofPackage: 1)?.number == 6)
        }
    }

    @Test(arguments: ["", "none", "3-1"])
    func unreadableCPUListIsRefusedWithItsPath(text: String) throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            try stand.write(text, to: "sys/devices/system/cpu/online")
            let error = #expect(throws: CounterError.self) {
                try ProcessorTopology.onlineCPUs(sysfs: stand.tree.sysfsRoot)
            }
            #expect(error?.description.contains("devices/system/cpu/online") == true)
        }
    }

    @Test func cpuWithoutTopologyFilesIsACoreOfItsOwn() {
        let topology = ProcessorTopology(online: [2, 3], sysfs: "/nowhere")
        #expect(topology.cpus.map(\.siblings) == [[2], [3]])
        #expect(topology.packages == [0])
    }

    @Test func memoryChannelBelongsToThePackageOfItsNUMANode() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder, Stand.hardware(model: 0x55, cpuCount: 8, sockets: 2))
            #expect(try packages(stand) == ["7f": 0, "8f": 1])
            // Firmware that numbers the nodes the other way round.
            try stand.write("2-3,6-7\n", to: "sys/devices/system/node/node0/cpulist")
            try stand.write("0-1,4-5\n", to: "sys/devices/system/node/node1/cpulist")
            #expect(try packages(stand) == ["7f": 1, "8f": 0])
            // Firmware that gives no node: the buses count up through the packages.
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/sys/bus/pci/devices") {
                try stand.write("-1\n", to: "sys/bus/pci/devices/\(name)/numa_node")
            }
            #expect(try packages(stand) == ["7f": 0, "8f": 1])
        }
    }

    @Test func devicesOfOthersAreNoMemoryChannels() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            try stand.write("0x1022\n", to: "sys/bus/pci/devices/0000:7f:0a.2/vendor")
            try stand.write("0x2043\n", to: "sys/bus/pci/devices/0000:7f:0a.6/device")
            let topology = ProcessorTopology(online: [0, 1, 2, 3], sysfs: stand.tree.sysfsRoot)
            let scan = MemoryControllerScan(sysfs: stand.tree.sysfsRoot, topology: topology)
            #expect(scan.find(.cascadeLake).count == 4)
            #expect(scan.find(.haswellServer).isEmpty)
        }
    }

    @Test func recordOfClaimsSurvivesAndIgnoresWhatItCannotRead() throws {
        try withTemporaryFolder { folder in
            let record = ClaimRecord(path: "\(folder)/claims")
            #expect(record.load().isEmpty)
            var controls = SavedControls()
            let programme = CounterProgramme(
                settings: [ControlSetting(.fixedCounterControl, mask: 0xFFF, value: 0x333, gateBits: 7 << 32)],
                gate: .globalControl)
            let claim = SavedClaim(programme: programme, saved: [.fixedCounterControl: 0x30, .globalControl: .max])
            controls.registers[SavedControls.Place(cpu: 12, purpose: "core")] = claim
            let gateless = CounterProgramme(settings: [ControlSetting(.eventSelect(1), value: 0x43)])
            controls.registers[SavedControls.Place(cpu: 0, purpose: "l3")] = SavedClaim(
                programme: gateless, saved: [.eventSelect(1): 0x3C])
            controls.channels["/sys/a b/config"] = MemoryChannel.Saved(box: 0x10000, first: 0, second: .max)
            try record.store(controls)
            #expect(record.load() == controls)
            let text = try String(contentsOfFile: record.path, encoding: .utf8)
            try (text + "x 1 2\nmsr 3 core zz 1\nmsr 4 core -\nmsr 5 core - 1 2\npci 1\n\n").write(toFile: record.path, atomically: true, encoding: .utf8)
            #expect(record.load() == controls)
            record.remove()
            #expect(record.load().isEmpty)
            let error = #expect(throws: CounterError.self) {
                try ClaimRecord(path: "\(folder)/nowhere/claims").store(controls)
            }
            #expect(error?.description.contains("\(folder)/nowhere/claims") == true)
        }
    }

    /// The package of each bus that carries memory channels.
    private func packages(_ stand: Stand) throws -> [String: Int] {
        let online = try ProcessorTopology.onlineCPUs(sysfs: stand.tree.sysfsRoot)
        let topology = ProcessorTopology(online: online, sysfs: stand.tree.sysfsRoot)
        let found = MemoryControllerScan(sysfs: stand.tree.sysfsRoot, topology: topology).find(.skylakeServer)
        #expect(found.count == 12)
        let pairs = found.map { channel in
            (String(channel.path.drop { $0 != ":" }.dropFirst().prefix(2)), channel.package)
        }
        return Dictionary(pairs) { first, second in first == second ? first : -1 }
    }
}
