import FoundationEssentials
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
    init(_ session: PlacementSession, settings: PlacementSettings, checkpoint: Checkpoint?) throws {
        guard let preset = PlacementPreset.named(session.preset) else {
            let known = PlacementPreset.all.map(\.name).joined(separator: ", ")
            throw SessionError("there is no preset \(session.preset): allowed is \(known)")
        }
        guard let space = session.scheduler.actionSpace(for: settings.topology, profile: settings.profile) else {
            throw SessionError("scheduler \(session.scheduler.rawValue) needs offline profiles, and this coordinator has none")
        }
        self.preset = preset
        actionSpace = space
        switch session.scheduler {
        case .fullmap, .custom, .kubernetes, .oracle:
            let label = try Self.label(session, topology: settings.topology)
            let learner =
                if let checkpoint {
                    try DQN(restoring: checkpoint, topology: label)
                } else {
                    try DQN(
                        observationCount: ObservationSpace(settings.topology).count, actionCount: space.actions.count,
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

    /// What a checkpoint of `session` is labelled with: a learner fits only the scheduler and topology it was made for.
    static func label(_ session: PlacementSession, topology: SchedulingTopology) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return "\(session.scheduler.rawValue) \(String(decoding: try encoder.encode(topology), as: UTF8.self))"
    }
}

/// A session that cannot be run here: why, in one sentence.
struct SessionError: Error, CustomStringConvertible {
    let description: String
    init(_ sentence: String) { description = sentence }
}
