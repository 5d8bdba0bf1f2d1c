import FoundationEssentials
import Learning
import Placement
import Topology

/// A policy as it stood at one place of the journal: what the decisions after it can be replayed from.
struct PolicyRecord: Codable, Sendable {
    /// The session that it decides in.
    let sessionID: Int64
    /// What was asked for.
    let session: PlacementSession
    /// What is decided about.
    let topology: SchedulingTopology
    /// The learner's state, as a checkpoint file holds it; nil for schedulers that do not learn, which are as at the
    /// beginning of a session.
    let checkpoint: Data?
    /// What the learner has still to learn of the decision before; nil where there is nothing.
    let open: OpenTransition?

    /// A replay of what follows. Throws `LearningError` when the checkpoint cannot be used, and `SessionError` when the
    /// session is not possible any more.
    func replay() throws -> DecisionReplay {
        guard let checkpoint else {
            let parts = try SessionPolicy(session, on: topology, profile: nil, checkpoint: nil)
            return DecisionReplay(
                parts.policy, observationCount: ObservationSpace(topology).count,
                actionCount: parts.actionSpace.actions.count, open: open)
        }
        let learner = try Checkpoint(bytes: [UInt8](checkpoint)).learner()
        return DecisionReplay(
            LearnedPolicy(learner, mode: session.mode == .training ? .training : .frozen),
            observationCount: learner.observationCount, actionCount: learner.actionCount, open: open)
    }
}

extension Checkpoint {
    /// The learner, whatever it was built for. Throws `LearningError`.
    func learner() throws(LearningError) -> DQN { try DQN(restoring: self, topology: topology) }
}
