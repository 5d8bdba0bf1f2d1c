import Influx
import Placement
import Topology

/// Decisions and runs, each a point of its own.
enum EventPoints {
    /// A decision and the request that it was taken for.
    static func point(_ entry: DecisionJournal.Entry, _ stamps: inout EventStamps) -> InfluxPoint {
        let record = entry.record
        let outcome = record.decision == nil ? "none" : record.change == nil ? "kept" : "changed"
        return InfluxPoint(
            "reeve_decision", tags: [("workflow", record.workflow.rawValue), ("outcome", outcome)],
            fields: [
                ("decision", .integer(entry.sequence)), ("session", .integer(entry.session)),
                ("step", .count(record.step)), ("action", record.decision.map { .text($0.action) }),
                ("change", record.change.map { .text($0) }), ("is_random", record.decision.map { .boolean($0.isRandom) }),
                ("is_refused", .boolean(record.verdict != nil)),
                ("exploration_ratio", record.decision?.epsilon.map { .float($0) }),
                ("replicas", record.replicas.map { .count($0) }), ("target_seconds", .float(record.targetSeconds)),
                ("latency_seconds", record.latencySeconds.map { .float($0) }),
                ("qos_ratio", record.quotient.map { .float($0) }), ("reward", record.reward.map { .float($0) }),
            ],
            unixNanoseconds: stamps.next(
                in: "decision \(outcome) \(record.workflow.rawValue)", atUnixSeconds: entry.writtenAtUnixSeconds))
    }

    /// A run that has ended; the latency of one that did not complete is no latency.
    static func point(_ run: RunRecord, at seconds: Double, _ stamps: inout EventStamps) -> InfluxPoint {
        let latency = run.end == .completed ? run.latencySeconds : nil
        let outcome =
            switch run.end {
            case .completed: run.isServed ? "served" : "violated"
            case .failed: "failed"
            case .cancelled: "cancelled"
            }
        return InfluxPoint(
            "reeve_run", tags: [("workflow", run.workflow), ("outcome", outcome)],
            fields: [
                ("run", .text(run.run)), ("target_seconds", .float(run.targetSeconds)),
                ("latency_seconds", latency.map { .float($0) }),
                ("qos_ratio", latency.map { .float($0 / run.targetSeconds) }),
                ("calls", .count(run.spans.count)), ("failed_calls", .count(run.spans.count { $0.failure != nil })),
            ],
            unixNanoseconds: stamps.next(in: "run \(outcome) \(run.workflow)", atUnixSeconds: seconds))
    }
}
