internal import Learning
internal import Measures

/// Freyr while it learns: draws its actions, keeps what they were based on until their invocations have ended, and
/// hands them to the learner by `rolloutLength` at a time.
///
/// A decision that is still under way when the policy changes counts in a later update, with the probability it was
/// drawn with then: to leave it out would leave out the long calls. What is under way at the end of a run is dropped.
public struct FreyrTrainee: ResourceManager {
    private var observer: FreyrObserver
    private let learner: FreyrLearner
    private let reward: FreyrReward
    private let rolloutLength: Int
    private var scorer: CandidateScorer
    private var rollout = Rollout(contextCount: FreyrInputs.contextCount)
    private var underWay: [Int: Pending] = [:]
    private var random: SeededRandom

    private struct Pending: Sendable {
        let context: FreyrInputs.Context
        let allowed: ActionMask
        let choice: CandidateScorer.Choice
    }

    /// A manager that learns with `learner`, once for each `rolloutLength` decisions whose invocations have ended, at
    /// least one.
    public init(
        learner: FreyrLearner, inputs: FreyrInputs, reward: FreyrReward = FreyrReward(), rolloutLength: Int = 4_096,
        seed: UInt64
    ) {
        precondition(rolloutLength >= 1, "an update takes at least one decision")
        observer = FreyrObserver(inputs)
        self.learner = learner
        self.reward = reward
        self.rolloutLength = rolloutLength
        scorer = CandidateScorer(learner.policy)
        random = SeededRandom(seed: seed, stream: "harvesting.freyr.actions")
    }

    public mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        let situation = observer.arrived(request, load)
        let choice = situation.withContext {
            scorer.sample(context: $0, allowed: situation.allowed, random: &random)
        }
        // Where there is no choice there is nothing to learn.
        if situation.allowed.count > 1 {
            underWay[request.sequence] = Pending(
                context: situation.context, allowed: situation.allowed, choice: choice)
        }
        return observer.decision(choice.candidate, in: situation)
    }

    public mutating func finished(_ record: FinishedInvocation) {
        observer.finished(record)
        guard let pending = underWay.removeValue(forKey: record.sequence) else { return }
        let context = (0..<FreyrInputs.contextCount).map { pending.context[$0] }
        rollout.append(
            context: context, allowed: pending.allowed, choice: pending.choice, reward: Float(reward.value(of: record)))
        guard rollout.count >= rolloutLength else { return }
        scorer = CandidateScorer(learner.learn(from: rollout))
        rollout.removeAll()
    }
}
