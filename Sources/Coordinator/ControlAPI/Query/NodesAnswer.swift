import Measures
import Telemetry
import Topology

/// What `reeve nodes` shows: every node that has said hello.
struct NodesAnswer: Codable {
    /// One node.
    struct Node: Codable {
        var node: String
        var state: String
        var reason: String?
        var ageSeconds: Double?
        var agentVersion: String?
        var intervalMilliseconds: UInt32
        var columns: Int
        var counts: NodeTelemetry.Counts
        /// System-wide values by metric; a metric without a value is absent.
        var metrics: [String: Double]
    }

    var nodes: [Node]

    init(state: TelemetryState, at now: MonotonicInstant) {
        nodes = state.knownNodes.map { telemetry in
            var node = Node(
                node: telemetry.node.rawValue, state: "known", reason: nil,
                ageSeconds: telemetry.latestTakenAt.map { now.seconds(since: $0) }, agentVersion: telemetry.agentVersion,
                intervalMilliseconds: telemetry.intervalMilliseconds, columns: telemetry.columns.columns.count,
                counts: telemetry.counts, metrics: [:])
            switch telemetry.present(at: now, settings: state.settings) {
            case .known(let readings):
                for (metric, reading) in readings { node.metrics[metric.name] = reading.value }
            case .unknown(let reason):
                node.state = "unknown"
                node.reason = reason
            }
            return node
        }
    }
}
