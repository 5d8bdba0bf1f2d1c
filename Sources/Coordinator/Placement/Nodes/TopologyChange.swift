public import Learning
import Topology

/// What becomes of a learner when the nodes that it decides about are others.
///
/// The rule: what it knows of a node that stays it keeps. A node that is new counts as the mean of all that there were, in
/// what its readings mean and in what moving there is worth. The transitions it learns from are told anew as if the new
/// node had been unknown and barred; those that moved something to a node that has gone are dropped.
public struct TopologyChange: Sendable {
    private let old, new: ObservationSpace
    private let reshaping: LearnerReshaping
    /// Where each old action stands among the new ones; nil for moves to nodes that have gone.
    private let actions: [Int?]
    /// Where each new action stood among the old ones; nil for moves to new nodes.
    private let oldActions: [Int?]

    /// The change between two spaces of the same scheduler; nil when more differs than the nodes.
    public init?(from old: any ActionSpace, to new: any ActionSpace) {
        let (before, after) = (old.topology, new.topology)
        guard before.functions == after.functions, before.movableUnits == after.movableUnits,
            before.scaledFunctions == after.scaledFunctions, before.maximumReplicas == after.maximumReplicas
        else {
            return nil
        }
        self.old = ObservationSpace(before)
        self.new = ObservationSpace(after)
        actions = old.actions.map { new.actions.firstIndex(of: $0) }
        oldActions = new.actions.map { old.actions.firstIndex(of: $0) }
        let places = oldActions
        let sources = new.actions.indices.map { index -> [Int] in
            if let same = places[index] { return [same] }
            guard case .move(let unit, _) = new.actions[index] else { return [] }
            return old.actions.indices.filter { if case .move(unit, _) = old.actions[$0] { true } else { false } }
        }
        // An action that is like none of the old ones is an action of another scheduler.
        guard sources.allSatisfy({ !$0.isEmpty }) else { return nil }
        reshaping = LearnerReshaping(observationSources: self.new.sources(in: self.old), actionSources: sources)
    }

    /// The learner of `checkpoint` after the change, labelled `topology`. Throws `LearningError` when it is not of the
    /// old space's sizes or does not hold together.
    public func apply(to checkpoint: Checkpoint, topology: String) throws(LearningError) -> Checkpoint {
        guard checkpoint.observationCount == old.count, checkpoint.actionCount == actions.count else {
            throw LearningError(
                .topologyMismatch,
                "The checkpoint has \(checkpoint.observationCount) observed values and \(checkpoint.actionCount) actions"
                    + " where its topology has \(old.count) and \(actions.count).")
        }
        return try checkpoint.reshaped(reshaping, topology: topology, translate: translate)
    }

    private func translate(_ transition: Transition) -> Transition? {
        guard let action = actions[transition.action] else { return nil }
        return Transition(
            observation: new.translate(transition.observation, from: old), action: action, reward: transition.reward,
            nextObservation: new.translate(transition.nextObservation, from: old),
            nextAllowed: ActionMask(allowed: oldActions.map { $0.map { transition.nextAllowed[$0] } ?? false }),
            isTerminal: transition.isTerminal, isTimeout: transition.isTimeout)
    }
}
