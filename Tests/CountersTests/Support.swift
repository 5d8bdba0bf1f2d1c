import Counters
import Foundation
import Simulation
import Topology

/// Runs `body` with a new empty folder that is removed afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}

extension VirtualTree {
    /// The tree's folders as the agent takes them.
    var kernelRoots: KernelRoots { KernelRoots(msr: msrRoot, sysfs: sysfsRoot, proc: procRoot) }
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
}
