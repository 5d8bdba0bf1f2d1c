/// Decisions in the order in which they were taken, each with what it was based on and what came of it.
public struct Rollout: Sendable {
    /// How many floats the context of a decision has.
    public let contextCount: Int
    /// How many decisions there are.
    public var count: Int { candidates.count }

    /// [decision][context].
    private(set) var contexts: [Float] = []
    private(set) var allowed: [ActionMask] = []
    private(set) var candidates: [Int] = []
    private(set) var logProbabilities: [Float] = []
    private(set) var rewards: [Float] = []

    /// No decisions, with contexts of `contextCount` floats.
    public init(contextCount: Int) {
        self.contextCount = contextCount
    }

    /// Adds one decision: the context and the allowed candidates it was based on, what was chosen by the policy that
    /// will be updated, and the reward.
    public mutating func append(
        context: some Collection<Float>, allowed: ActionMask, choice: CandidateScorer.Choice, reward: Float
    ) {
        precondition(context.count == contextCount, "a context of the rollout's size")
        precondition(allowed[choice.candidate], "a candidate that was allowed")
        contexts.append(contentsOf: context)
        self.allowed.append(allowed)
        candidates.append(choice.candidate)
        logProbabilities.append(choice.logProbability)
        rewards.append(reward)
    }

    /// Forgets all decisions and keeps the memory.
    public mutating func removeAll() {
        contexts.removeAll(keepingCapacity: true)
        allowed.removeAll(keepingCapacity: true)
        candidates.removeAll(keepingCapacity: true)
        logProbabilities.removeAll(keepingCapacity: true)
        rewards.removeAll(keepingCapacity: true)
    }

    /// What follows the last decision of a rollout.
    public enum End: Sendable, Hashable {
        /// Nothing: the episode is over.
        case terminal
        /// The episode goes on with a decision on this context among these candidates. Its return is taken to be the
        /// critic's value of it.
        case truncated(context: [Float], allowed: ActionMask)
    }
}
