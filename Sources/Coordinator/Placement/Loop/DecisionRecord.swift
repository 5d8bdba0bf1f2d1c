public import Topology

/// One step of the scheduling loop: what was seen, how every action scored, what was done and what came of it. Written
/// to the journal as it is, so that a decision can be explained and replayed.
public struct DecisionRecord: Sendable, Hashable, Codable {
    /// What the policy saw and chose.
    public struct Decision: Sendable, Hashable, Codable {
        /// What each number of `observation` is.
        public let entryNames: [String]
        /// The numbers that the policy saw, each in [0, 20].
        public let observation: [Float]
        /// Positions in `observation` that stand for something not known.
        public let absentEntries: [Int]
        /// Every action of the space, as text.
        public let actions: [String]
        /// The policy's value of each action; empty for policies that do not score.
        public let values: [Float]
        /// Whether each action was allowed.
        public let allowed: [Bool]
        /// Place of the chosen action in `actions`.
        public let chosen: Int
        /// Whether chance rather than judgement chose.
        public let isRandom: Bool
        /// The probability of a random choice at the time; nil for policies that do not explore.
        public let epsilon: Double?
        /// Why the guard took actions away that would have been allowed, one sentence each; nil without a guard.
        public let barred: [String]?

        /// The chosen action as text, for example "move framer to w02".
        public var action: String { actions[chosen] }
    }

    /// Counts the steps of one loop from 0.
    public let step: Int
    /// The number of the request that was served.
    public let requestSequence: Int
    /// The workflow asked for.
    public let workflow: WorkflowName
    /// The latency it was meant to stay within, in seconds.
    public let targetSeconds: Double
    /// What was decided; nil when the cluster could not be asked, and the request ran on whatever was there.
    public let decision: Decision?
    /// What the decision came down to, for example "move models to w03"; nil when nothing was to be changed.
    public let change: String?
    /// Where each function was while the request ran, as far as known.
    public let assignment: [FunctionName: NodeName]
    /// The replicas that the scaled functions had in common; nil when not known.
    public let replicas: Int?
    /// End-to-end latency in seconds; nil when the request failed.
    public let latencySeconds: Double?
    /// Seconds spent in each function, as far as known.
    public let functionSeconds: [FunctionName: Double]
    /// Latency divided by target: more than 1 is a violation. nil when the request failed.
    public let quotient: Double?
    /// The reward; nil when the request failed or where everything was is not known.
    public let reward: Double?
    /// Place of the action that a learner takes the reward to have come from: the chosen one, or "stay" where the guard
    /// refused it. nil where nothing is learnt: without a reward, and under a change of the guard's own.
    public let creditedAction: Int?
    /// What failed, one sentence each, in the order in which it happened.
    public let failures: [String]
    /// What the guard did about the choice, one sentence; nil when it let it pass, and without a guard.
    public let verdict: String?

    /// Whether the request kept its target; a failed one did not.
    public var isServed: Bool { latencySeconds.map { $0 <= targetSeconds } ?? false }
}
