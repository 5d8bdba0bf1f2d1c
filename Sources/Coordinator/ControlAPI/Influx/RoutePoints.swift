import Influx
import Proxy
import Routing
import Topology

/// What the proxy has done: one point for the whole, one for each worker and one for each function. Totals count from the
/// coordinator's start.
enum RoutePoints {
    static func points(of snapshot: ProxySnapshot, _ clock: InfluxClock) -> [InfluxPoint] {
        let now = clock.unixNanoseconds(at: clock.now)
        let refused = snapshot.refused.values.reduce(0, +)
        let whole = InfluxPoint(
            "reeve_proxy", tags: [],
            fields: [
                ("waiting_requests", .count(snapshot.waiting)), ("resent_requests", .count(snapshot.resent)),
                ("refused_requests", .count(refused)), ("client_connections", .count(snapshot.clientConnections)),
                ("worker_connections", .count(snapshot.workerConnections)),
            ] + (1...5).map { ("answers_\($0)xx", .count(snapshot.answersByStatusClass[$0] ?? 0)) },
            unixNanoseconds: now)
        let workers = snapshot.workers.map { worker in
            InfluxPoint(
                "reeve_worker",
                tags: [
                    ("worker", worker.specification.address.text), ("node", worker.specification.node?.rawValue ?? ""),
                ],
                fields: [
                    ("in_flight", .count(worker.inFlight)), ("known_packages", .count(worker.knownPackages)),
                    ("is_active", .boolean(worker.state.isActive)),
                ] + outcomes(worker.outcomes) + latency(worker.latency), unixNanoseconds: now)
        }
        let functions = snapshot.functions.map { function in
            InfluxPoint(
                "reeve_function", tags: [("function", function.name?.rawValue ?? "")],
                fields: outcomes(function.outcomes) + latency(function.latency), unixNanoseconds: now)
        }
        return [whole] + workers + functions
    }

    private static func outcomes(_ counts: OutcomeCounts) -> [(key: String, value: InfluxPoint.Value?)] {
        [
            ("succeeded", .count(counts.succeeded)), ("function_failed", .count(counts.functionFailed)),
            ("worker_failed", .count(counts.workerFailed)), ("full", .count(counts.full)),
            ("abandoned", .count(counts.abandoned)),
        ]
    }

    private static func latency(_ latency: LatencyHistogram) -> [(key: String, value: InfluxPoint.Value?)] {
        [("latency_seconds_sum", .float(latency.sumSeconds)), ("latency_count", .count(latency.count))]
    }
}

extension WorkerState {
    /// Whether it takes requests without reserve.
    fileprivate var isActive: Bool { if case .active = self { true } else { false } }
}
