import Placement
import Store
import Topology

/// What is decided, run, lent and given back, as numbers over time. Each goes in where it goes into the journal.
struct HistoryNotes: Sendable {
    let history: History

    /// The numbers of a decision and of the request that it was taken for.
    func note(_ record: DecisionRecord, at moment: Double) {
        let workflow = SeriesIdentity.Subject.workflow(record.workflow.rawValue)
        add("reeve_placement_latency_seconds", record.latencySeconds, workflow, moment)
        add("reeve_placement_target_seconds", record.targetSeconds, workflow, moment)
        add("reeve_placement_qos_ratio", record.quotient, workflow, moment)
        add("reeve_placement_served_ratio", record.isServed ? 1 : 0, workflow, moment)
        add("reeve_placement_reward", record.reward, workflow, moment)
        guard let decision = record.decision else { return }
        if decision.values.indices.contains(decision.chosen) {
            add("reeve_placement_predicted_value", Double(decision.values[decision.chosen]), workflow, moment)
        }
        add("reeve_learner_exploration_ratio", decision.epsilon, workflow, moment)
        add("reeve_placement_changed_ratio", record.change == nil ? 0 : 1, workflow, moment)
        add("reeve_guard_refused_ratio", record.verdict == nil ? 0 : 1, workflow, moment)
    }

    /// How a run went; one that was cancelled says nothing.
    func note(_ run: RunRecord, at moment: Double) {
        guard run.end != .cancelled else { return }
        let workflow = SeriesIdentity.Subject.workflow(run.workflow)
        let latency = run.end == .completed ? run.latencySeconds : nil
        add("reeve_workflow_latency_seconds", latency, workflow, moment)
        add("reeve_workflow_target_seconds", run.targetSeconds, workflow, moment)
        add("reeve_workflow_qos_ratio", latency.map { $0 / run.targetSeconds }, workflow, moment)
        add("reeve_workflow_served_ratio", run.isServed ? 1 : 0, workflow, moment)
    }

    /// What went back of loans on a node.
    func note(_ record: HarvestRecord, at moment: Double) {
        for item in record.items where item.what == "returned" {
            let at = moment - item.agoSeconds
            add("reeve_harvest_loan_seconds", item.lentSeconds, .node(record.node), at)
            switch item.resource {
            case "cpu": add("reeve_harvest_returned_cpu_cores", item.amount.map { Double($0) / 1_000 }, .node(record.node), at)
            case "memory":
                add("reeve_harvest_returned_memory_bytes", item.amount.map { Double($0) * 1_048_576 }, .node(record.node), at)
            default: break
            }
        }
    }

    private func add(_ metric: String, _ value: Double?, _ subject: SeriesIdentity.Subject, _ moment: Double) {
        guard let value else { return }
        history.append(value, of: SeriesIdentity(metric: metric, subject: subject), atUnixSeconds: moment)
    }
}
