import Learning

/// Puts what was recorded before a policy once more: it decides on the observations that stand in the records and, where
/// it learns, learns from the rewards that were earned then, in their order.
///
/// A policy in the state in which it was recorded decides as recorded, bit for bit on one CPU type and one version of the
/// matrix library. What another policy's choices would have led to cannot be known: the next observation is the recorded
/// one whatever it chose.
public struct DecisionReplay {
    /// How a choice compares with the recorded one.
    public enum Comparison: Sendable, Hashable {
        /// The same action, for the same values, by the same mixture of chance and judgement.
        case identical
        /// The same action; what it was chosen by differs.
        case sameAction(PolicyChoice)
        /// Another action.
        case other(PolicyChoice)
    }

    private var policy: any Policy
    private let observationCount, actionCount: Int
    private var open: OpenTransition?
    private var nextStep: Int?

    /// A replay of what follows on `open`, by `policy`, which is to be in the state that it had then and decides on
    /// `observationCount` values about `actionCount` actions.
    public init(_ policy: any Policy, observationCount: Int, actionCount: Int, open: OpenTransition?) {
        self.policy = policy
        self.observationCount = observationCount
        self.actionCount = actionCount
        self.open = open
    }

    /// The comparison for the next record; nil when nothing was decided in it.
    ///
    /// - Throws: `ReplayGap` when records are missing before it, or when it is not about as many observed values and
    ///   actions as the policy: the policy can then not be followed any further.
    public mutating func next(_ record: DecisionRecord) throws(ReplayGap) -> Comparison? {
        if let nextStep, record.step != nextStep {
            throw ReplayGap("the record of step \(nextStep) is missing; the next one is of step \(record.step)")
        }
        nextStep = record.step + 1
        defer { open = OpenTransition(record) }
        guard let decision = record.decision else { return nil }
        guard decision.fits(observationCount: observationCount, actionCount: actionCount) else {
            throw ReplayGap(
                "step \(record.step) is about \(decision.observation.count) observed values and \(decision.allowed.count)"
                    + " actions where the policy has \(observationCount) and \(actionCount)")
        }
        let allowed = ActionMask(allowed: decision.allowed)
        if let open, open.fits(observationCount: observationCount, actionCount: actionCount) {
            policy.learn(open.closed(by: decision.observation, allowed: allowed))
        }
        return decision.comparison(with: policy.decide(decision.observation, allowed: allowed))
    }
}

/// Why a recorded policy cannot be followed, in one sentence.
public struct ReplayGap: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ sentence: String) { description = sentence }
}

extension DecisionRecord.Decision {
    /// Whether a policy of these sizes can be asked: records come from a file, which may hold anything.
    public func fits(observationCount: Int, actionCount: Int) -> Bool {
        observation.count == observationCount && allowed.count == actionCount && allowed.contains(true)
            && allowed.indices.contains(chosen) && actions.indices.contains(chosen)
    }

    /// How `choice`, made on this observation, compares with what was recorded.
    public func comparison(with choice: PolicyChoice) -> DecisionReplay.Comparison {
        guard choice.action == chosen else { return .other(choice) }
        let isIdentical =
            choice.isRandom == isRandom && choice.epsilon == epsilon
            && choice.values.map(\.bitPattern) == values.map(\.bitPattern)
        return isIdentical ? .identical : .sameAction(choice)
    }
}
