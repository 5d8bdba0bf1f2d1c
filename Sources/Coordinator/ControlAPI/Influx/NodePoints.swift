import Influx
import Measures
import Telemetry
import Topology

/// Nodes' metrics: one point for all values of one part of a node that were read in the same way at the same time.
enum NodePoints {
    private struct Place: Hashable {
        let scope: Scope
        let source: String
        let quality: Quality
        let takenAt: MonotonicInstant
    }

    /// The newest values down to `scope` that were taken after `instant`.
    static func points(
        of state: TelemetryState, scope: HTTPConfiguration.Scope, after instant: MonotonicInstant, _ clock: InfluxClock
    ) -> [InfluxPoint] {
        state.knownNodes.flatMap { node in
            var order: [Place] = []
            var fields: [Place: [(key: String, value: InfluxPoint.Value?)]] = [:]
            for (index, column) in node.columns.columns.enumerated() {
                guard scope.shows(column.scope), let newest = node.newestValue(ofColumn: index),
                    instant < newest.takenAt
                else { continue }
                let place = Place(
                    scope: column.scope, source: column.source, quality: column.quality, takenAt: newest.takenAt)
                if fields[place] == nil { order.append(place) }
                fields[place, default: []].append((column.metric.name, .float(newest.value)))
            }
            return order.map { place in
                InfluxPoint(
                    "reeve_node", tags: [("node", node.node.rawValue)] + tags(of: place), fields: fields[place] ?? [],
                    unixNanoseconds: clock.unixNanoseconds(at: place.takenAt))
            }
        }
    }

    private static func tags(of place: Place) -> [(key: String, value: String)] {
        let scope: [(key: String, value: String)] =
            switch place.scope {
            case .system: [("scope", "system")]
            case .socket(let number): [("scope", "socket"), ("socket", "\(number)")]
            case .core(let number): [("scope", "cpu"), ("cpu", "\(number)")]
            }
        return scope + [("source", place.source), ("quality", "\(place.quality)")]
    }
}
