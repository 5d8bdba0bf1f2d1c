import Store

/// What `reeve history` shows: a metric over time.
public struct HistoryAnswer: Codable, Sendable {
    /// One line.
    public struct Series: Codable, Sendable {
        /// The metric.
        public var metric: String
        /// Its unit, as the metric's name says it.
        public var unit: String
        /// The node that it is of, if it is a node's.
        public var node: String?
        /// The workflow that it is of, if it is a workflow's.
        public var workflow: String?
        /// The function that it is of, if it is a function's.
        public var function: String?
        /// The part of the node: "system", "socket 0", "cpu 3".
        public var scope: String
        /// Seconds that each point stands for.
        public var secondsPerPoint: Int
        /// Oldest first, each with the beginning of its while in seconds since 1970, the mean of the values in it, the
        /// least, the greatest, and how many there were. Where nothing was measured there is no point.
        public var points: [[Double]]
    }

    /// The beginning of what was asked for, in seconds since 1970.
    public var fromUnixSeconds: Int64
    /// The end of it.
    public var toUnixSeconds: Int64
    /// The lines.
    public var series: [Series]
    /// The names of all metrics that there are, where none was asked for.
    public var metrics: [String]?
}

extension HistoryAnswer.Series {
    init(_ series: HistorySeries) {
        metric = series.identity.metric
        unit = MetricUnit.unit(of: series.identity.metric)
        scope = series.identity.scope
        secondsPerPoint = series.secondsPerPoint
        points = series.points.map { [Double($0.startUnixSeconds), $0.mean, $0.min, $0.max, Double($0.count)] }
        switch series.identity.subject {
        case .node(let name): node = name
        case .workflow(let name): workflow = name
        case .function(let name): function = name
        case .coordinator: break
        }
    }
}

/// The unit of a metric, which is the end of its name.
public enum MetricUnit {
    /// The longer ends first.
    private static let ends = [
        ("_bytes_per_second", "bytes/s"), ("_per_second", "1/s"), ("_per_cycle", "per cycle"), ("_seconds_total", "s"),
        ("_bytes_total", "bytes"), ("_total", ""), ("_seconds", "s"), ("_bytes", "bytes"), ("_ratio", "ratio"),
        ("_hertz", "Hz"), ("_watts", "W"), ("_joules", "J"), ("_celsius", "°C"), ("_cores", "cores"),
    ]

    /// The unit that `metric` ends in; empty for a number without one.
    public static func unit(of metric: String) -> String { ends.first { metric.hasSuffix($0.0) }?.1 ?? "" }
}
