import Measures
import Topology

/// The newest values of some nodes in Prometheus' text format: every metric once with HELP and TYPE, its values below it.
struct MetricsText {
    /// What all of the agent's metrics begin with.
    static let prefix = "reeve_"

    /// One node with its columns and what they last had.
    struct Node {
        let name: NodeName
        var columns: ColumnTable
        var newest: NewestValues
    }

    private(set) var bytes: [UInt8] = []

    /// Writes the values of `nodes` in place of what was written before, of each column those that were taken at or
    /// after what `oldest` says.
    mutating func write(_ nodes: [Node], takenSince oldest: (Column) -> MonotonicInstant) {
        bytes.removeAll(keepingCapacity: true)
        var seen: Set<Metric> = []
        for node in nodes {
            for column in node.columns.columns where seen.insert(column.metric).inserted {
                writeFamily(column.metric, nodes, takenSince: oldest)
            }
        }
    }

    private mutating func writeFamily(
        _ metric: Metric, _ nodes: [Node], takenSince oldest: (Column) -> MonotonicInstant
    ) {
        var isFirst = true
        for node in nodes {
            for (index, column) in node.columns.columns.enumerated() where column.metric == metric {
                guard let newest = node.newest[index], newest.takenAt >= oldest(column) else { continue }
                if isFirst { writeHead(of: metric) }
                isFirst = false
                write(newest.value, column, of: node.name)
            }
        }
    }

    private mutating func writeHead(of metric: Metric) {
        let type = MetricHelp.isCounter(metric) ? "counter" : "gauge"
        append("# HELP \(Self.prefix)\(metric.name) \(MetricHelp.text(of: metric))\n")
        append("# TYPE \(Self.prefix)\(metric.name) \(type)\n")
    }

    private mutating func write(_ value: Double, _ column: Column, of node: NodeName) {
        append(Self.prefix)
        append(column.metric.name)
        append("{node=\"")
        appendEscaped(node.rawValue)
        switch column.scope {
        case .system: append("\",scope=\"system\"")
        case .socket(let number): append("\",scope=\"socket\",socket=\"\(number)\"")
        case .core(let number): append("\",scope=\"cpu\",cpu=\"\(number)\"")
        }
        append(",source=\"")
        appendEscaped(column.source)
        append("\",quality=\"\(column.quality)\"} \(value)\n")
    }

    private mutating func append(_ text: String) { bytes += text.utf8 }

    /// Appends a label's value as the format wants it: backslash, quote and line feed escaped.
    private mutating func appendEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\n"): append("\\n")
            default: bytes.append(byte)
            }
        }
    }
}
