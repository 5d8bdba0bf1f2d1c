import Foundation
import Registers
import Simulation
import Testing
import Topology

/// The virtual counters obey their control registers as hardware does.
struct VirtualHardwareTests {
    private static let activity = HardwareActivity(
        utilisation: 0.25, instructionsPerCycle: 1.5, llcReferencesPerSecond: 4_000_000, llcMissesPerSecond: 800_000,
        memoryReadBytesPerSecond: 3_840_000_000, memoryWriteBytesPerSecond: 384_000_000, c6Share: 0.5)

    private func withTree(
        model: Int = 0x55, sockets: Int = 1, _ body: (VirtualTree, (Int) throws -> FileRegisters) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hardware = NodeHardware(
            modelName: "test", signature: ProcessorSignature(family: 6, model: model, stepping: 4),
            cpuCount: 4 * sockets,
            threadsPerCore: 2, sockets: sockets, nominalHertz: 2_000_000_000, l3Bytes: 28 << 20, memoryChannels: 6)
        let tree = try VirtualTree(root: folder, hardware: hardware)
        try body(tree) { try FileRegisters(path: "\(tree.msrRoot)/\($0)/msr", writable: true) }
    }

    private func enable(_ registers: FileRegisters, select: UInt64 = EventSelector.lastLevelCacheMiss.encoding) throws {
        try registers.write(0x333, to: .fixedCounterControl)
        try registers.write(select, to: .eventSelect(0))
        try registers.write(0x7_0000_0001, to: .globalControl)
    }

    @Test func enabledCountersAdvanceByWholeExactCounts() throws {
        try withTree { tree, registers in
            let cpu = try registers(0)
            try enable(cpu)
            tree.step(seconds: 0.01, Self.activity)
            #expect(try cpu.read(.timeStampCounter) == 20_000_000)
            #expect(try cpu.read(.fixedCounter(2)) == 5_000_000)
            #expect(try cpu.read(.fixedCounter(1)) == 5_000_000)
            #expect(try cpu.read(.fixedCounter(0)) == 7_500_000)
            #expect(try cpu.read(.programmableCounter(0)) == 2000)
            #expect(try cpu.read(.coreC6Residency) == 10_000_000)
            #expect(try cpu.read(.platformInfo) == 20 << 8)
        }
    }

    @Test(arguments: [
        UInt64(0x43412F), 0x43402E, 0x03412E, 0x40412E, 0x43412E & ~EventSelector.enable,
    ])
    func wrongSelectorCountsNothing(select: UInt64) throws {
        try withTree { tree, registers in
            let cpu = try registers(0)
            try enable(cpu, select: select)
            tree.step(seconds: 0.01, Self.activity)
            #expect(try cpu.read(.programmableCounter(0)) == 0)
            #expect(try cpu.read(.fixedCounter(0)) == 7_500_000)
        }
    }

    @Test func eachEnableBitGatesItsOwnCounter() throws {
        try withTree { tree, registers in
            let cpu = try registers(1)
            try enable(cpu)
            try cpu.write(0x5_0000_0000, to: .globalControl)
            try cpu.write(0x033, to: .fixedCounterControl)
            tree.step(seconds: 0.01, Self.activity)
            #expect(try cpu.read(.fixedCounter(0)) == 7_500_000)
            #expect(try cpu.read(.fixedCounter(1)) == 0)
            #expect(try cpu.read(.fixedCounter(2)) == 0)
            #expect(try cpu.read(.programmableCounter(0)) == 0)
        }
    }

    @Test func wrapSetsTheOverflowFlagUntilItIsCleared() throws {
        try withTree { tree, registers in
            let cpu = try registers(0)
            try enable(cpu)
            try cpu.write((1 << 48) - 1, to: .fixedCounter(1))
            try cpu.write((1 << 48) - 1, to: .programmableCounter(0))
            tree.step(seconds: 0.01, Self.activity)
            #expect(try cpu.read(.fixedCounter(1)) == 4_999_999)
            #expect(try cpu.read(.programmableCounter(0)) == 1999)
            #expect(try cpu.read(.globalStatus) == 1 << 33 | 1)
            try cpu.write(1 << 33, to: .globalOverflowControl)
            tree.step(seconds: 0.01, Self.activity)
            #expect(try cpu.read(.globalStatus) == 1)
            #expect(try cpu.read(.globalOverflowControl) == 0)
        }
    }

    @Test func manyUnevenStepsLoseNoFraction() throws {
        try withTree { tree, registers in
            for _ in 0..<1000 { tree.step(seconds: 0.000_000_333, Self.activity) }
            let ticks = try registers(3).read(.timeStampCounter)
            #expect((665_999...666_001).contains(ticks))
        }
    }

    @Test func siblingsShareTheirCoresResidency() throws {
        try withTree { tree, registers in
            for _ in 0..<7 { tree.step(seconds: 0.001_37, Self.activity) }
            #expect(tree.hardware.core(of: 0) == tree.hardware.core(of: 2))
            let residencies = try [0, 2].map { try registers($0).read(.coreC6Residency) }
            #expect(residencies[0] == residencies[1])
            #expect(residencies[0] > 0)
        }
    }

    @Test func memoryChannelHonoursEnableFreezeAndReset() throws {
        try withTree { tree, _ in
            let folder = "\(tree.sysfsRoot)/bus/pci/devices"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == ["0a.2", "0a.6", "0b.2", "0c.2", "0c.6", "0d.2"].map { "0000:7f:\($0)" })
            let space = try FileConfigurationSpace(path: "\(folder)/\(names[0])/config")
            #expect(try space.read(at: 0) == 0x2042_8086)
            tree.step(seconds: 0.01, Self.activity)
            #expect(try space.readCounter(at: MemoryControllerPMON.counter(0)) == 0)
            try space.write(0x400304, at: MemoryControllerPMON.control(0))
            try space.write(0x400C04, at: MemoryControllerPMON.control(1))
            try space.write(0x000304, at: MemoryControllerPMON.control(2))
            try space.write(0x400303, at: MemoryControllerPMON.control(3))
            tree.step(seconds: 0.01, Self.activity)
            // 3.84 GB/s over 6 channels, 64 bytes a burst, 10 ms.
            let expected: [UInt64] = [100_000, 10_000, 0, 0]
            let counts = try (0..<4).map { try space.readCounter(at: MemoryControllerPMON.counter($0)) }
            #expect(counts == expected)
            try space.write(0x3_0100, at: MemoryControllerPMON.boxControl)
            tree.step(seconds: 0.01, Self.activity)
            #expect(try space.readCounter(at: MemoryControllerPMON.counter(0)) == 100_000)
            try space.write(0x3_0102, at: MemoryControllerPMON.boxControl)
            tree.step(seconds: 0.01, Self.activity)
            #expect(try space.readCounter(at: MemoryControllerPMON.counter(0)) == 0)
            #expect(try space.read(at: MemoryControllerPMON.boxControl) == 0x3_0100)
        }
    }

    @Test func channelCounterWrapsAtFortyEightBits() throws {
        try withTree(model: 0x3F) { tree, _ in
            let folder = "\(tree.sysfsRoot)/bus/pci/devices"
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).min())
            let space = try FileConfigurationSpace(path: "\(folder)/\(name)/config")
            try space.write(0x400304, at: MemoryControllerPMON.control(0))
            try space.write(0xFFFF_FFFF, at: MemoryControllerPMON.counter(0))
            try space.write(0x0000_FFFF, at: MemoryControllerPMON.counter(0) + 4)
            tree.step(seconds: 0.01, Self.activity)
            #expect(try space.readCounter(at: MemoryControllerPMON.counter(0)) == 99_999)
        }
    }

    @Test func socketsHaveTheirOwnCPUsNodesAndChannels() throws {
        try withTree(sockets: 2) { (tree, _) throws in
            func text(_ path: String) throws -> String {
                try String(contentsOfFile: "\(tree.sysfsRoot)/\(path)", encoding: .utf8)
            }
            #expect(try text("devices/system/cpu/online") == "0-7\n")
            #expect(try text("devices/system/node/node1/cpulist") == "2-3,6-7\n")
            #expect(try text("devices/system/cpu/cpu6/topology/physical_package_id") == "1\n")
            #expect(try text("devices/system/cpu/cpu6/topology/thread_siblings_list") == "2,6\n")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: "\(tree.sysfsRoot)/bus/pci/devices").count == 12)
        }
    }

    @Test func thesisNodesAreTheFourOfTheTestBed() {
        let nodes = NodeHardware.thesisNodes.sorted { $0.key < $1.key }
        #expect(nodes.map(\.key.rawValue) == ["w01", "w02", "w03", "w04"])
        #expect(nodes.map(\.value.cpuCount) == [8, 8, 16, 4])
        #expect(
            nodes.map(\.value.signature.generation) == [.cascadeLake, .skylakeServer, .cascadeLake, .haswellServer])
        #expect(nodes.map { $0.value.l3Bytes >> 20 } == [28, 28, 14, 30])
    }

    @Test func idealMetricsOmitRatiosWhileNothingExecutes() {
        let hardware = NodeHardware(
            modelName: "test", signature: ProcessorSignature(family: 6, model: 0x55, stepping: 7), cpuCount: 4,
            nominalHertz: 2_000_000_000, l3Bytes: 1, memoryChannels: 6)
        let idle = HardwareActivity(c6Share: 0.75).systemMetrics(on: hardware)
        #expect(idle[.instructionsPerCycle] == nil)
        #expect(idle[.c1Residency] == 0.25)
        #expect(Self.activity.systemMetrics(on: hardware)[.instructionsPerCycle] == 1.5)
    }

    @Test func treeThatCannotBeMadeSaysWhichFile() throws {
        let hardware = try #require(NodeHardware.thesisNodes[NodeName("w04")])
        let error = #expect(throws: VirtualTreeError.self) {
            try VirtualTree(root: "/proc/nowhere", hardware: hardware)
        }
        #expect(error?.description.contains("/proc/nowhere") == true)
    }
}
