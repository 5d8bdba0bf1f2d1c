public import Learning

/// A choice with its reward whose next state has not been seen yet: a transition but for its end.
public struct OpenTransition: Sendable, Hashable, Codable {
    let observation: [Float]
    let action: Int
    let reward: Double

    /// What is open after `record`; nil when nothing is learnt from it.
    public init?(_ record: DecisionRecord) {
        guard let decision = record.decision, let action = record.creditedAction, let reward = record.reward else {
            return nil
        }
        observation = decision.observation
        self.action = action
        self.reward = reward
    }

    /// The transition, once the next state has been seen and it is known what is allowed there.
    public func closed(by nextObservation: [Float], allowed: ActionMask) -> Transition {
        Transition(
            observation: observation, action: action, reward: reward, nextObservation: nextObservation,
            nextAllowed: allowed)
    }

    func fits(observationCount: Int, actionCount: Int) -> Bool {
        observation.count == observationCount && (0..<actionCount).contains(action)
    }
}
