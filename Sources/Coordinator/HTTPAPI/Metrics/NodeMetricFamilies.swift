import ControlAPI
import Measures
import Telemetry
import Topology

/// The nodes' own metrics, under the names that agents give them, with where each was read and how it came about.
enum NodeMetricFamilies {
    /// Families that are shown at most; an agent could name as many metrics as it likes.
    private static let mostFamilies = 512

    /// The newest values of every node that is known, down to `scope`. A value is left out that is older than its node may
    /// be silent, unless its column is read less often than that.
    static func families(
        of state: TelemetryState, scope: HTTPConfiguration.Scope, at now: MonotonicInstant
    ) -> [MetricFamily] {
        var samples: [Metric: [MetricFamily.Sample<Double>]] = [:]
        var order: [Metric] = []
        for node in state.knownNodes {
            let silence = node.unknownAfterNanoseconds(state.settings)
            for (index, column) in node.columns.columns.enumerated() {
                guard scope.shows(column.scope), let newest = node.newestValue(ofColumn: index) else { continue }
                let period = UInt64(column.periodMilliseconds ?? 0) * 1_000_000
                guard now.nanoseconds(since: newest.takenAt) <= max(silence, 3 * period) else { continue }
                if samples[column.metric] == nil {
                    guard order.count < mostFamilies, MetricFamily.isName(column.metric.name) else { continue }
                    order.append(column.metric)
                }
                samples[column.metric, default: []].append(
                    .init(labels: labels(of: column, on: node.node), value: newest.value))
            }
        }
        return order.map { metric in
            let (name, help) = ("reeve_\(metric.name)", MetricHelp.text(of: metric))
            let values = samples[metric] ?? []
            return MetricHelp.isCounter(metric) ? .counter(name, help, by: values) : .gauge(name, help, by: values)
        }
    }

    private static func labels(of column: Column, on node: NodeName) -> [(name: String, value: String)] {
        var labels = [(name: "node", value: node.rawValue)]
        switch column.scope {
        case .system: labels.append(("scope", "system"))
        case .socket(let number): labels += [("scope", "socket"), ("socket", "\(number)")]
        case .core(let number): labels += [("scope", "cpu"), ("cpu", "\(number)")]
        }
        return labels + [("source", column.source), ("quality", "\(column.quality)")]
    }
}
