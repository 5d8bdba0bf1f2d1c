public import Learning

/// What a policy chose and why.
public struct PolicyChoice: Sendable, Hashable {
    /// Place of the chosen action in its action space.
    public let action: Int
    /// The value of each action as the policy sees it; empty for policies that do not score.
    public let values: [Float]
    /// Whether chance rather than judgement chose.
    public let isRandom: Bool
    /// The probability of a random choice when this one was made; nil for policies that do not explore.
    public let epsilon: Double?

    /// A choice as described.
    public init(action: Int, values: [Float] = [], isRandom: Bool = false, epsilon: Double? = nil) {
        self.action = action
        self.values = values
        self.isRandom = isRandom
        self.epsilon = epsilon
    }
}

/// Chooses actions by their place in an action space, and may learn from what came of them.
public protocol Policy {
    /// The choice for `observation`, an action that `allowed` allows; at least one is.
    mutating func decide(_ observation: [Float], allowed: ActionMask) -> PolicyChoice

    /// Takes in what came of an earlier choice.
    mutating func learn(_ transition: Transition)
}

extension Policy {
    /// Learns nothing.
    public mutating func learn(_: Transition) {}
}
