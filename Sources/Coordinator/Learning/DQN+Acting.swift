internal import Measures

extension DQN {
    /// An action and what it was chosen on.
    public struct Choice: Sendable, Hashable {
        /// The action, an index.
        public let action: Int
        /// The network's value of every action, allowed or not.
        public let values: [Float]
        /// Whether chance picked the action rather than the values.
        public let isRandom: Bool
        /// The schedule's probability of a random action at this choice, during the warm-up too although its actions
        /// are all random.
        public let epsilon: Double
    }

    /// An action for training: uniformly random among the allowed ones during the first `learningStarts` steps and with
    /// probability epsilon afterwards, otherwise the greedy one.
    ///
    /// `observation` and `allowed` must have this learner's sizes, and at least one action must be allowed.
    public func choose(_ observation: [Float], allowed: ActionMask) -> Choice {
        // As in Stable-Baselines3 the coin is thrown only after the warm-up.
        let isRandom = steps < hyperparameters.learningStarts || exploration.uniform() < epsilon
        guard isRandom else { return greedy(observation, allowed: allowed) }
        check(allowed)
        let action = allowed.allowedAction(rank: exploration.index(below: allowed.count))
        return Choice(
            action: action, values: withActionValues(of: observation) { Array($0) }, isRandom: true, epsilon: epsilon)
    }

    /// The best allowed action by the network as it is, the lowest among equals; draws no random number and changes
    /// nothing.
    ///
    /// `observation` and `allowed` must have this learner's sizes, and at least one action must be allowed.
    public func greedy(_ observation: [Float], allowed: ActionMask) -> Choice {
        withActionValues(of: observation) { values in
            Choice(action: best(values, allowed), values: Array(values), isRandom: false, epsilon: epsilon)
        }
    }

    /// The action of `greedy` alone, without allocating memory.
    public func greedyAction(_ observation: [Float], allowed: ActionMask) -> Int {
        withActionValues(of: observation) { best($0, allowed) }
    }

    /// Calls `body` with the network's value of every action for `observation`, which must have this learner's size,
    /// without allocating memory. The values must not leave `body`: the next call overwrites them.
    public func withActionValues<Result>(
        of observation: [Float], _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        precondition(observation.count == observationCount, "an observation of the learner's size")
        // An observation has at least one float, so there is an address.
        return try observation.withUnsafeBufferPointer { try body(learner.values(of: $0.baseAddress!)) }
    }

    /// A NaN never wins against a number, so that a diverged network still gives an allowed action.
    private func best(_ values: UnsafeBufferPointer<Float>, _ allowed: ActionMask) -> Int {
        check(allowed)
        var best = -1
        for action in 0..<actionCount where allowed[action] {
            if best < 0 || values[action] > values[best] || (values[best].isNaN && !values[action].isNaN) {
                best = action
            }
        }
        return best
    }

    private func check(_ allowed: ActionMask) {
        precondition(allowed.actionCount == actionCount, "a mask of the learner's size")
        precondition(!allowed.isEmpty, "at least one allowed action")
    }
}
