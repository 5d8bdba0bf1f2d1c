import ControlAPI
import Measures

/// How workflows' requests went and how they were decided about, as counted since the start.
enum DecisionFamilies {
    private typealias Sample = MetricFamily.Sample<Double>

    static func families(of tally: DecisionTally.Snapshot) -> [MetricFamily] {
        requests(tally.placed, "reeve_placement", "requests", "Requests that were decided about")
            + requests(tally.runs, "reeve_workflow", "runs", "Runs that were submitted and have ended")
            + decisions(tally.decisions)
    }

    private static func requests(
        _ counts: [String: DecisionTally.Requests], _ prefix: String, _ noun: String, _ what: String
    ) -> [MetricFamily] {
        let rows = counts.sorted { $0.key < $1.key }
        func gauges(_ value: (DecisionTally.Requests) -> Double?) -> [Sample] {
            rows.compactMap { row in value(row.value).map { Sample(labels: [("workflow", row.key)], value: $0) } }
        }
        let outcomes = rows.flatMap { row in
            [
                ("served", row.value.served), ("violated", row.value.violated), ("failed", row.value.failed),
                ("cancelled", row.value.cancelled),
            ].map { Sample(labels: [("workflow", row.key), ("outcome", $0.0)], value: Double($0.1)) }
        }
        return [
            .counter(
                "\(prefix)_\(noun)_total", "\(what), by outcome: served within the target, violated it, failed, cancelled.",
                by: outcomes),
            .gauge(
                "\(prefix)_qos_ratio", "Latency by target of the newest of them; more than 1 is a violation.",
                by: gauges(\.quotient)),
            .gauge("\(prefix)_target_seconds", "The latency that the newest of them was meant to stay within.",
                by: gauges(\.targetSeconds)),
            .histogram(
                "\(prefix)_latency_seconds", "\(what): their latencies from end to end.",
                by: rows.map { .init(labels: [("workflow", $0.key)], value: Distribution($0.value.latencySeconds)) }),
        ]
    }

    private static func decisions(_ counts: [String: DecisionTally.Decisions]) -> [MetricFamily] {
        let rows = counts.sorted { $0.key < $1.key }
        func by(_ count: (DecisionTally.Decisions) -> UInt64) -> [Sample] {
            rows.map { Sample(labels: [("workflow", $0.key)], value: Double(count($0.value))) }
        }
        let outcomes = rows.flatMap { row in
            [("changed", row.value.changed), ("kept", row.value.kept), ("none", row.value.none)].map {
                Sample(labels: [("workflow", row.key), ("outcome", $0.0)], value: Double($0.1))
            }
        }
        return [
            .counter(
                "reeve_placement_decisions_total",
                "Decisions by outcome: changed something, kept everything as it was, none because the cluster was silent.",
                by: outcomes),
            .counter(
                "reeve_placement_random_decisions_total", "Decisions that chance rather than judgement took.",
                by: by(\.random)),
            .counter(
                "reeve_guard_refusals_total", "Choices that the guard did not let pass.", by: by(\.refused)),
            .counter(
                "reeve_guard_barred_decisions_total", "Decisions before which the guard had taken actions away.",
                by: by(\.barred)),
        ]
    }
}
