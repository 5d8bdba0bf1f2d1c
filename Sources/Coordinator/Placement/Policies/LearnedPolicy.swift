public import Learning

/// A deep Q-network as a policy.
public struct LearnedPolicy: Policy {
    /// Whether the network may change.
    public enum Mode: String, Sendable, Hashable, Codable {
        /// Explores, and learns from every transition.
        case training
        /// Always the best action by the network as it is; learns nothing.
        case frozen
    }

    /// The learner, for its checkpoint: a policy made of a restored learner goes on where that one stood.
    public let learner: DQN
    /// Whether the network may change.
    public var mode: Mode

    /// The policy of `learner`.
    public init(_ learner: DQN, mode: Mode) {
        self.learner = learner
        self.mode = mode
    }

    /// The learner's choice: with exploration while training, the best allowed action when frozen.
    public func decide(_ observation: [Float], allowed: ActionMask) -> PolicyChoice {
        switch mode {
        case .training:
            let choice = learner.choose(observation, allowed: allowed)
            return PolicyChoice(
                action: choice.action, values: choice.values, isRandom: choice.isRandom, epsilon: choice.epsilon)
        case .frozen:
            let choice = learner.greedy(observation, allowed: allowed)
            return PolicyChoice(action: choice.action, values: choice.values, epsilon: 0)
        }
    }

    /// Hands `transition` to the learner while training.
    public func learn(_ transition: Transition) {
        if mode == .training { learner.record(transition) }
    }
}
