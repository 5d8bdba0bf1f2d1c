/// What could have been reached in an evaluation by someone who knows the test bed, beside what was.
public struct DarlyCeiling: Sendable, Hashable, Codable {
    /// What one way of choosing would have reached.
    public struct Outcome: Sendable, Hashable, Codable {
        /// Requests under the loose target and under the strict one.
        public var loose = DarlyTally()
        /// See `loose`.
        public var strict = DarlyTally()
        /// Sum of the rewards (eq. 5.1).
        public var cumulativeReward = 0.0

        /// Requests that would have kept their target.
        public var served: Int { loose.served + strict.served }
    }

    /// The best of one kind of ceiling, by each of two measures, since the policy with the highest reward is not the
    /// one with the fewest violations.
    public struct Best: Sendable, Hashable, Codable {
        /// Requests at the fewest violations possible.
        public let loose, strict: DarlyTally
        /// The highest reward possible.
        public let cumulativeReward: Double
        /// Everything of the way with the fewest violations, and among those the highest reward.
        public let byViolations: Outcome
        /// Everything of the way with the highest reward.
        public let byReward: Outcome

        init(byViolations: Outcome, byReward: Outcome) {
            loose = byViolations.loose
            strict = byViolations.strict
            cumulativeReward = byReward.cumulativeReward
            self.byViolations = byViolations
            self.byReward = byReward
        }
    }

    /// The best placement and replica count at each step, as if everything could be rearranged at once.
    public let placement: Best
    /// The best sequence of Fullmap's actions, one per step, from the start state.
    public let actions: Best
}
