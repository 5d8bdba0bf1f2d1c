import Measures
import Telemetry
import Topology

/// The newest values of a few metrics on all nodes: a table by columns, small enough to be sent every second.
public struct ValuesAnswer: Codable, Sendable {
    /// The metrics that are told where none are named: those that learners see.
    static let standardMetrics: [Metric] = [
        .instructionsPerCycle, .memoryReadBytesPerSecond, .memoryWriteBytesPerSecond, .l3MissesPerSecond, .c0Residency,
        .c1Residency,
    ]

    /// One node.
    public struct Node: Codable, Sendable {
        /// The node's name.
        public var node: String
        /// Seconds since its newest sample was taken, in whole milliseconds; absent before the first.
        public var ageSeconds: Double?
        /// Why the node is unknown, and has no values; absent where it is known.
        public var reason: String?
    }

    /// One metric.
    public struct Column: Codable, Sendable {
        /// The metric, unit included.
        public var metric: String
        /// Which of `nodes` have a value, counted from 0.
        public var rows: [Int]
        /// Their system-wide values in the same order, rounded to six significant digits.
        public var values: [Double]
    }

    /// The nodes by name.
    public var nodes: [Node]
    /// The metrics in the order in which they were asked for.
    public var columns: [Column]

    init(state: TelemetryState, metrics: [Metric], at now: MonotonicInstant) {
        nodes = []
        columns = metrics.map { Column(metric: $0.name, rows: [], values: []) }
        for (row, telemetry) in state.knownNodes.enumerated() {
            let age = telemetry.latestTakenAt.map { (now.seconds(since: $0) * 1_000).rounded() / 1_000 }
            var node = Node(node: telemetry.node.rawValue, ageSeconds: age)
            switch telemetry.present(at: now, settings: state.settings) {
            case .known(let readings):
                for (place, metric) in metrics.enumerated() {
                    guard let value = readings[metric]?.value, value.isFinite else { continue }
                    columns[place].rows.append(row)
                    columns[place].values.append(Self.rounded(value))
                }
            case .unknown(let reason): node.reason = reason
            }
            nodes.append(node)
        }
    }

    /// `value` to six significant digits, by way of a power of ten: exact enough for people, and a third of the text.
    static func rounded(_ value: Double) -> Double {
        guard value != 0, value.isFinite else { return value }
        var scale = 1.0
        while value.magnitude * scale < 100_000, scale < 1e15 { scale *= 10 }
        return (value * scale).rounded() / scale
    }
}
