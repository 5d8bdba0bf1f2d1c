import Learning
import Placement
import Topology

/// What decides in one session, and the learner behind it if there is one.
struct SessionPolicy {
    /// The actions it chooses from.
    let actionSpace: any ActionSpace
    /// What decides.
    let policy: any Policy
    /// The learner, for its checkpoint; nil for schedulers that do not learn.
    let learner: DQN?
    /// The preset behind the learner.
    let preset: PlacementPreset

    /// Builds what `session` asks for, on the learner of `checkpoint` if there is one. Throws `SessionError` when the
    /// session is not possible here, and `LearningError` when the checkpoint does not fit it.
    /// A learner of the same scheduler that decided about other nodes goes on as `TopologyChange` says.
    init(
        _ session: PlacementSession, on topology: SchedulingTopology, profile: (any PlacementProfile)?,
        checkpoint: Checkpoint?
    ) throws {
        guard let preset = PlacementPreset.named(session.preset) else {
            let known = PlacementPreset.all.map(\.name).joined(separator: ", ")
            throw SessionError("there is no preset \(session.preset): allowed is \(known)")
        }
        guard let space = session.scheduler.actionSpace(for: topology, profile: profile) else {
            throw SessionError("scheduler \(session.scheduler.rawValue) needs offline profiles, and this coordinator has none")
        }
        self.preset = preset
        actionSpace = space
        switch session.scheduler {
        case .fullmap, .custom, .kubernetes, .oracle:
            let label = try topology.checkpointLabel(for: session.scheduler)
            let learner =
                if let checkpoint {
                    try DQN(
                        restoring: Self.fitted(checkpoint, to: space, session.scheduler, profile, label), topology: label)
                } else {
                    try DQN(
                        observationCount: ObservationSpace(topology).count, actionCount: space.actions.count,
                        hyperparameters: preset.hyperparameters, totalSteps: session.trainingSteps, seed: session.seed)
                }
            self.learner = learner
            policy = LearnedPolicy(learner, mode: session.mode == .training ? .training : .frozen)
        case .native:
            learner = nil
            policy = StayPolicy(space)
        case .blind:
            learner = nil
            policy = BlindPolicy(space)
        case .random:
            learner = nil
            policy = RandomPolicy(seed: session.seed)
        case .static:
            throw SessionError("scheduler static knows its assignment only in hindsight: it is for experiments alone")
        }
    }

    /// `checkpoint` for `space`, if all that differs are the nodes; otherwise as it is.
    private static func fitted(
        _ checkpoint: Checkpoint, to space: any ActionSpace, _ scheduler: Scheduler, _ profile: (any PlacementProfile)?,
        _ label: String
    ) throws -> Checkpoint {
        guard checkpoint.topology != label, checkpoint.topology.hasPrefix("\(scheduler.rawValue) "),
            let old = SchedulingTopology(ofCheckpointLabel: checkpoint.topology), old.workflow == space.topology.workflow,
            let oldSpace = scheduler.actionSpace(for: old, profile: profile),
            let change = TopologyChange(from: oldSpace, to: space)
        else {
            return checkpoint
        }
        return try change.apply(to: checkpoint, topology: label)
    }
}

/// A session that cannot be run here: why, in one sentence.
struct SessionError: Error, CustomStringConvertible {
    let description: String
    init(_ sentence: String) { description = sentence }
}
