import Measures
import Telemetry
import Topology
import Wire

/// An agent's messages, made as its protocol prescribes unless told otherwise.
struct ScriptedAgent {
    var node = NodeName("w01")
    var incarnation: UInt64 = 1
    var columns = ScriptedAgent.table()
    var sequence: UInt64 = 0

    /// The scheduling metrics at system scope, and one core's IPC before them, which no window may take for the node's.
    static func table(version: UInt32 = 1) -> ColumnTable {
        ColumnTable(
            version: version,
            columns: [Column(metric: .instructionsPerCycle, scope: .core(0), source: "msr", quality: .derived)]
                + Metric.schedulingState.map { Column(metric: $0, scope: .system, source: "msr", quality: .measured) })
    }

    func hello(major: UInt32 = WireLimits.protocolMajor, minor: UInt32 = 0, oldest: UInt64 = 1) -> AgentMessage {
        .hello(
            Hello(
                protocolMajor: major, protocolMinor: minor, node: node, incarnation: incarnation, columns: columns,
                agentVersion: "t", intervalMilliseconds: 10, droppedBatches: 0, oldestSequence: oldest))
    }

    /// The next batch: samples of these system-wide IPC values, taken so many nanoseconds ago.
    mutating func batch(_ samples: [(ipc: Double?, age: UInt64)], oldest: UInt64? = nil) throws -> AgentMessage {
        sequence += 1
        return try batch(samples, sequence: sequence, oldest: oldest ?? sequence)
    }

    /// A batch of any sequence.
    func batch(_ samples: [(ipc: Double?, age: UInt64)], sequence: UInt64, oldest: UInt64) throws -> AgentMessage {
        let taken = samples.map { sample in
            Sample([99, sample.ipc] + [Double?](repeating: 0.5, count: Metric.schedulingState.count - 1))
        }
        return .batch(
            try Batch(
                node: node, incarnation: incarnation, sequence: sequence, oldestSequence: oldest,
                tableVersion: columns.version, columnCount: columns.columns.count, ageNanoseconds: samples.map(\.age),
                values: taken.flatMap(\.values), presence: taken.flatMap(\.presence)))
    }
}

let millisecond: UInt64 = 1_000_000

extension CoordinatorMessage {
    /// The refusal's code; nil for anything else.
    var refusal: Refusal.Code? {
        guard case .refusal(let refusal) = self else { return nil }
        return refusal.code
    }
}
