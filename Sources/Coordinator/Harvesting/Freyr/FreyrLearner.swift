public import Learning
internal import Synchronization

/// The learner behind Freyr's policy, shared by the managers that collect for it one after the other.
public final class FreyrLearner: Sendable {
    private let ppo: Mutex<PPO>

    /// The parameters this project trains with; `docs/freyr.md` says how they were found.
    ///
    /// A decision's reward is what became of its own invocation, so nothing follows it: gamma is 0, and a rollout may
    /// end anywhere.
    public static let hyperparameters = PPOHyperparameters(
        learningRate: 1e-3, gamma: 0, minibatchSize: 256, criticRows: .allowed, normalizesAdvantages: true)

    /// A learner with random weights that depend on `seed` alone.
    ///
    /// - Throws: `LearningError` of code `invalidParameter` when a hyper-parameter is outside of what is allowed.
    public init(
        hyperparameters: PPOHyperparameters = FreyrLearner.hyperparameters, seed: UInt64
    ) throws(LearningError) {
        ppo = Mutex(try PPO(candidates: FreyrInputs.candidates, hyperparameters: hyperparameters, seed: seed))
    }

    /// The policy as it is now.
    public var policy: ScoringPolicy { ppo.withLock { $0.policy } }

    /// Learns from decisions that the present policy took, and returns the next policy.
    func learn(from rollout: Rollout) -> ScoringPolicy {
        ppo.withLock { ppo in
            ppo.update(rollout, end: .terminal)
            return ppo.policy
        }
    }
}
