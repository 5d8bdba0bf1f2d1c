import Measures
public import Telemetry
import Topology

/// What `reeve nodes` shows: every node that has said hello.
public struct NodesAnswer: Codable, Sendable {
    /// One node.
    public struct Node: Codable, Sendable {
        /// The node's name.
        public var node: String
        /// "known" or "unknown".
        public var state: String
        /// Why the node is unknown.
        public var reason: String?
        /// Seconds since its newest sample was taken; nil before the first.
        public var ageSeconds: Double?
        /// The agent's version, if it tells.
        public var agentVersion: String?
        /// How often the agent samples, in milliseconds.
        public var intervalMilliseconds: UInt32
        /// How many numbers each sample has.
        public var columns: Int
        /// What became of its messages.
        public var counts: NodeTelemetry.Counts
        /// System-wide values by metric; a metric without a value is absent.
        public var metrics: [String: Double]
    }

    /// The nodes by name.
    public var nodes: [Node]

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
