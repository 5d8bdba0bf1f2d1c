public import Learning

/// Chooses CPU and memory of each invocation by a learned policy within what the safeguard allows (Freyr: Yu et al.,
/// WWW 2022). It only acts: the likeliest candidate each time, so that the same calls give the same decisions. The
/// published agent draws its actions, in evaluation too.
public struct FreyrManager: ResourceManager {
    private var observer: FreyrObserver
    private let scorer: CandidateScorer

    /// A manager that acts on `policy` over `inputs`.
    ///
    /// - Throws: `LearningError` of code `invalidParameter` when the policy chooses among other candidates.
    public init(policy: ScoringPolicy, inputs: FreyrInputs) throws(LearningError) {
        guard policy.candidates == FreyrInputs.candidates else {
            throw LearningError(
                .invalidParameter,
                "The policy chooses among \(policy.candidates.count) candidates by \(policy.candidates.inputCount) inputs;"
                    + " allowed is one that was trained for the \(AllocationGrid.count) candidates of an allocation grid"
                    + " and \(FreyrInputs.candidates.inputCount) inputs.")
        }
        observer = FreyrObserver(inputs)
        scorer = CandidateScorer(policy)
    }

    /// A manager that acts on the same policy over other inputs and remembers nothing.
    func anew(over inputs: FreyrInputs) -> FreyrManager {
        var manager = self
        manager.observer = FreyrObserver(inputs)
        return manager
    }

    public mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        let situation = observer.arrived(request, load)
        let candidate = situation.withContext { scorer.best(context: $0, allowed: situation.allowed) }
        return observer.decision(candidate, in: situation)
    }

    public mutating func finished(_ record: FinishedInvocation) {
        observer.finished(record)
    }
}

extension FreyrObserver.Situation {
    /// The context's features in memory, as many as the network reads and some zeros.
    func withContext<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
        // A vector of floats is so many floats one after the other.
        withUnsafeBytes(of: context) { body($0.baseAddress!.assumingMemoryBound(to: Float.self)) }
    }
}
