public import Measures

/// Proximal policy optimisation of a scoring network: `sample` an action among the allowed candidates, collect
/// decisions and rewards in a `Rollout`, `update` on them.
///
/// Actor and critic are two networks of the same shape, each applied to the candidates one by one with shared weights.
/// The actor's scores of the allowed candidates, through a softmax, are the policy; forbidden ones are never computed.
/// The critic's value of a decision is the mean of its outputs over the candidates that `criticRows` names.
///
/// Not Sendable: it belongs to one owner at a time. It repeats from its seed bit for bit on one processor type and BLAS
/// version (`BLAS.configuration`).
public final class PPO {
    /// What is chosen among.
    public let candidates: CandidateTable
    /// The parameters of the run.
    public let hyperparameters: PPOHyperparameters
    /// Gradient steps taken so far.
    public internal(set) var gradientSteps = 0

    let actor, critic: Trainee
    var scorer: CandidateScorer
    let rows: CandidateRows
    var shuffling: SeededRandom

    /// A learner with random weights that depend on `seed` alone.
    ///
    /// - Throws: `LearningError` of code `invalidParameter` when a hyper-parameter is outside of what is allowed.
    public init(candidates: CandidateTable, hyperparameters: PPOHyperparameters, seed: UInt64) throws(LearningError) {
        try hyperparameters.validate()
        self.candidates = candidates
        self.hyperparameters = hyperparameters
        let shape = candidates.shape(hidden: hyperparameters.hiddenSizes)
        var weights = SeededRandom(seed: seed, stream: "learning.ppo.weights")
        actor = Trainee(shape: shape, hyperparameters: hyperparameters, random: &weights)
        critic = Trainee(shape: shape, hyperparameters: hyperparameters, random: &weights)
        rows = CandidateRows(table: candidates)
        shuffling = SeededRandom(seed: seed, stream: "learning.ppo.shuffling")
        scorer = CandidateScorer(
            ScoringPolicy(
                candidates: candidates, hiddenSizes: hyperparameters.hiddenSizes,
                parameters: actor.network.parameters.array))
    }

    /// The actor as it is now, which further updates do not change.
    public var policy: ScoringPolicy {
        ScoringPolicy(
            candidates: candidates, hiddenSizes: hyperparameters.hiddenSizes,
            parameters: actor.network.parameters.array)
    }

    /// A candidate for training, drawn with the policy's probability. The sizes must be those of `candidates`, and at
    /// least one must be allowed.
    public func sample(_ context: [Float], allowed: ActionMask, random: inout SeededRandom) -> CandidateScorer.Choice {
        precondition(context.count == candidates.contextCount, "a context of the learner's size")
        return context.withUnsafeBufferPointer { pointer in
            withContext(pointer) { scorer.sample(context: $0, allowed: allowed, random: &random) }
        }
    }

    /// The candidate that the policy likes best. Same demands as `sample`.
    public func greedy(_ context: [Float], allowed: ActionMask) -> Int {
        precondition(context.count == candidates.contextCount, "a context of the learner's size")
        return context.withUnsafeBufferPointer { pointer in
            withContext(pointer) { scorer.best(context: $0, allowed: allowed) }
        }
    }

    /// An empty context still needs an address, which is not read then.
    func withContext<Result>(
        _ pointer: UnsafeBufferPointer<Float>, _ body: (UnsafePointer<Float>) -> Result
    ) -> Result {
        body(pointer.baseAddress ?? UnsafePointer(actor.gradients.base))
    }
}
