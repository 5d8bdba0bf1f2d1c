import Cluster
import Topology

extension SchedulingLoop.Step {
    /// The record of this step once its request has ended; `outcome` is nil when it failed. `stay` is the place of the
    /// action that changes nothing.
    ///
    /// A request without a latency teaches nothing. The same goes for a request under a change of the guard's own, which
    /// no policy chose; where the guard refused a choice, what was done is to stay.
    func record(
        number: Int, topology: SchedulingTopology, reward: Reward, stay: Int, outcome: WorkflowOutcome?
    ) -> DecisionRecord {
        let replicas = snapshot?.commonReplicas(in: topology)
        let latency = outcome.map(\.latencySeconds)
        let earned = latency.flatMap { value(of: reward, latencySeconds: $0, replicas: replicas, in: topology) }
        let credited = earned == nil || correction != nil ? nil : decision.map { refusal == nil ? $0.chosen : stay }
        return DecisionRecord(
            step: number, requestSequence: request.sequence, workflow: request.workflow,
            targetSeconds: request.target.seconds, decision: decision, change: change,
            assignment: snapshot?.assignment ?? [:], replicas: replicas, latencySeconds: latency,
            functionSeconds: outcome?.functionSeconds ?? [:],
            quotient: latency.map(request.target.quotient(ofLatencySeconds:)),
            reward: earned, creditedAction: credited,
            failures: failures, verdict: correction?.sentence ?? refusal.map { "not carried out: \($0)" })
    }

    /// nil where the reward's counts are not known.
    private func value(
        of reward: Reward, latencySeconds: Double, replicas: Int?, in topology: SchedulingTopology
    ) -> Double? {
        let nodesInUse = snapshot?.nodesInUse(in: topology) ?? 0
        // Where nothing is scaled Rs/r is the same for all that could be done.
        let replicas = topology.scaledFunctions.isEmpty ? topology.maximumReplicas : replicas
        guard nodesInUse > 0, let replicas, replicas > 0 else { return nil }
        return reward.value(
            latencySeconds: latencySeconds, target: request.target, nodes: topology.nodes.count, nodesInUse: nodesInUse,
            maximumReplicas: topology.maximumReplicas, replicas: replicas)
    }
}
