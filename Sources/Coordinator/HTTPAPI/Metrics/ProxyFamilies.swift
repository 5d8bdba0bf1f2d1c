import Measures
import Proxy
import Routing
import Topology

/// What the proxy and its workers have done and are doing.
enum ProxyFamilies {
    private typealias Sample = MetricFamily.Sample<Double>
    private typealias Labels = [(name: String, value: String)]

    static func families(of snapshot: ProxySnapshot) -> [MetricFamily] {
        workers(snapshot) + functions(snapshot) + whole(snapshot)
    }

    private static func workers(_ snapshot: ProxySnapshot) -> [MetricFamily] {
        func by(_ value: (ProxySnapshot.Worker) -> Double) -> [Sample] {
            snapshot.workers.map { Sample(labels: labels(of: $0), value: value($0)) }
        }
        return [
            .gauge(
                "reeve_proxy_worker_state", "1 for the state that the worker is in, 0 for the rest.",
                by: snapshot.workers.flatMap { worker in
                    WorkerState.names.map {
                        Sample(labels: labels(of: worker) + [("state", $0)], value: worker.state.name == $0 ? 1 : 0)
                    }
                }),
            .gauge("reeve_proxy_worker_in_flight", "Requests that are with the worker.", by: by { Double($0.inFlight) }),
            .gauge(
                "reeve_proxy_worker_full", "Whether the worker has said that it is full and wants no more for now.",
                by: by { worker in worker.fullUntil.map { $0 > snapshot.takenAt } == true ? 1 : 0 }),
            .gauge(
                "reeve_proxy_worker_known_packages", "Packages that the worker is known to have.",
                by: by { Double($0.knownPackages) }),
            .counter(
                "reeve_proxy_worker_requests_total", "Requests sent to the worker, by how they ended.",
                by: snapshot.workers.flatMap { outcomes($0.outcomes, labels(of: $0)) }),
            .histogram(
                "reeve_proxy_worker_latency_seconds", "From sending a request to the worker to the end of its answer.",
                by: snapshot.workers.map { .init(labels: labels(of: $0), value: Distribution($0.latency)) }),
        ]
    }

    private static func functions(_ snapshot: ProxySnapshot) -> [MetricFamily] {
        // A name that no function can have stands for all those together for which there was no place.
        func labels(_ function: ProxySnapshot.Function) -> Labels { [("function", function.name?.rawValue ?? "")] }
        return [
            .counter(
                "reeve_proxy_function_requests_total", "Requests of the function that were sent, by how they ended.",
                by: snapshot.functions.flatMap { outcomes($0.outcomes, labels($0)) }),
            .histogram(
                "reeve_proxy_function_latency_seconds",
                "From a request's arrival to the end of its answer, waiting included.",
                by: snapshot.functions.map { .init(labels: labels($0), value: Distribution($0.latency)) }),
        ]
    }

    private static func whole(_ snapshot: ProxySnapshot) -> [MetricFamily] {
        [
            .counter(
                "reeve_proxy_answers_total", "Requests answered, by the kind of status.",
                by: snapshot.answersByStatusClass.sorted { $0.key < $1.key }.map {
                    Sample(labels: [("status", "\($0.key)xx")], value: Double($0.value))
                }),
            .counter(
                "reeve_proxy_refusals_total", "Requests that the proxy answered itself, by reason.",
                by: RefusalReason.allCases.map {
                    Sample(labels: [("reason", $0.rawValue)], value: Double(snapshot.refused[$0] ?? 0))
                }),
            .counter(
                "reeve_proxy_resent_requests_total", "Requests that a worker did not serve and that were sent again.",
                Double(snapshot.resent)),
            .gauge("reeve_proxy_waiting_requests", "Requests that wait for a worker.", Double(snapshot.waiting)),
            .gauge(
                "reeve_proxy_client_connections", "Open connections of clients.", Double(snapshot.clientConnections)),
            .gauge(
                "reeve_proxy_worker_connections", "Open connections to workers.", Double(snapshot.workerConnections)),
            .counter(
                "reeve_proxy_lost_log_lines_total", "Lines of the access log that could not be written in time.",
                Double(snapshot.lostLogLines)),
        ]
    }

    private static func labels(of worker: ProxySnapshot.Worker) -> Labels {
        [("worker", worker.specification.address.text)]
    }

    private static func outcomes(_ counts: OutcomeCounts, _ labels: Labels) -> [Sample] {
        [
            ("succeeded", counts.succeeded), ("function_failed", counts.functionFailed),
            ("worker_failed", counts.workerFailed), ("full", counts.full), ("abandoned", counts.abandoned),
        ].map { Sample(labels: labels + [("outcome", $0.0)], value: Double($0.1)) }
    }
}

extension WorkerState {
    fileprivate static let names = ["active", "probation", "ejected", "draining", "removed"]

    fileprivate var name: String {
        switch self {
        case .active: "active"
        case .probation: "probation"
        case .ejected: "ejected"
        case .draining: "draining"
        case .removed: "removed"
        }
    }
}

extension Distribution {
    /// What `histogram` has counted.
    fileprivate init(_ histogram: LatencyHistogram) {
        self.init(
            buckets: histogram.buckets.filter(\.upperSeconds.isFinite).map { ($0.upperSeconds, $0.cumulativeCount) },
            sum: histogram.sumSeconds, count: histogram.count)
    }
}
