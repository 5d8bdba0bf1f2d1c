import Foundation
import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Runs `body` with a new empty folder that is removed afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}

/// A tree of virtual hardware, a clock that moves with it, and readers on it.
struct Stand {
    let tree: VirtualTree
    let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))

    /// Activity whose counts come out whole at 2 GHz and 10 ms on 4 CPUs and 6 channels.
    static let activity = HardwareActivity(
        utilisation: 0.25, instructionsPerCycle: 1.5, llcReferencesPerSecond: 4_000_000, llcMissesPerSecond: 800_000,
        memoryReadBytesPerSecond: 3_840_000_000, memoryWriteBytesPerSecond: 384_000_000, c6Share: 0.5)

    static let cascadeLake = hardware(model: 0x55, stepping: 7)

    static func hardware(
        model: Int, stepping: Int = 2, cpuCount: Int = 4, threadsPerCore: Int = 2, sockets: Int = 1
    ) -> NodeHardware {
        NodeHardware(
            modelName: "test", signature: ProcessorSignature(family: 6, model: model, stepping: stepping),
            cpuCount: cpuCount, threadsPerCore: threadsPerCore, sockets: sockets, nominalHertz: 2_000_000_000,
            l3Bytes: 28 << 20, memoryChannels: 6)
    }

    init(_ folder: String, _ hardware: NodeHardware = cascadeLake) throws {
        tree = try VirtualTree(root: folder, hardware: hardware)
    }

    func reader(_ settings: CounterSettings) throws -> CounterReader {
        let roots = KernelRoots(msr: tree.msrRoot, sysfs: tree.sysfsRoot, proc: tree.procRoot)
        return try CounterReader(roots: roots, time: time, settings: settings)
    }

    /// A reader of registers that reads everything at each sample.
    func reader(claimRecord: String? = nil) throws -> CounterReader {
        try reader(CounterSettings(preference: .msr, claimRecord: claimRecord))
    }

    /// Lets hardware and clock go on together.
    func step(seconds: Double = 0.01, _ activity: HardwareActivity = activity) {
        tree.step(seconds: seconds, activity)
        time.advance(byNanoseconds: UInt64((seconds * 1e9).rounded()))
    }

    /// The registers of a CPU, as another program on the node would see them.
    func registers(_ cpu: Int) throws -> FileRegisters {
        try FileRegisters(path: "\(tree.msrRoot)/\(cpu)/msr", writable: true)
    }

    /// The configuration spaces of the memory channels, by name.
    func channels() throws -> [FileConfigurationSpace] {
        let folder = "\(tree.sysfsRoot)/bus/pci/devices"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .map { try FileConfigurationSpace(path: "\(folder)/\($0)/config") }
    }

    func write(_ text: String, to path: String) throws {
        try text.write(toFile: "\(tree.root)/\(path)", atomically: true, encoding: .utf8)
    }
}

extension CounterSample {
    /// The value of `metric` in `scope`, nil when absent.
    func value(_ metric: Metric, _ scope: Scope = .system) -> Double? {
        table.columns.firstIndex { $0.metric == metric && $0.scope == scope }.flatMap { sample[$0] }
    }

    /// The column of `metric` in `scope`.
    func column(_ metric: Metric, _ scope: Scope = .system) -> Column? {
        table.columns.first { $0.metric == metric && $0.scope == scope }
    }

    /// Whether not one value is present.
    var isEmpty: Bool { sample.presence.allSatisfy { $0 == 0 } }
}
