public import Learning

/// Freyr's policy for one live container: each report is an invocation that has ended and the next one a decision.
///
/// The policy knows amounts as parts of eight steps and of a cluster. Live, the steps are quarters of what the user defined
/// for this very container, so that the user's amount is the fourth and twice that the eighth, and the cluster is what the
/// users of one node's containers have defined together.
public struct LiveFreyrManager: ResourceManager {
    /// Stands for the node's capacity, whatever that is: the policy sees the share of it that is free.
    private static let nominal = Resources(millicores: 1 << 20, mebibytes: 1 << 20)
    /// Of its eight steps, the one that is the user's amount.
    private static let userSteps = 4

    private var manager: FreyrManager
    private var user: Resources?

    /// A manager that acts on `policy`.
    ///
    /// - Throws: `LearningError` of code `invalidParameter` when the policy chooses among other candidates.
    public init(policy: ScoringPolicy) throws(LearningError) {
        manager = try FreyrManager(policy: policy, inputs: FreyrInputs(capacity: Self.nominal))
    }

    public mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        adopt(request.user)
        var load = load
        if let capacity = load.capacity {
            load.free = Resources(
                millicores: Self.share(load.free.millicores, of: capacity.millicores, Self.nominal.millicores),
                mebibytes: Self.share(load.free.mebibytes, of: capacity.mebibytes, Self.nominal.mebibytes))
        }
        return manager.decide(request, load)
    }

    public mutating func finished(_ record: FinishedInvocation) {
        adopt(record.user)
        manager.finished(record)
    }

    /// Chooses among parts of `user` from now on; a container whose user has defined other limits begins anew.
    private mutating func adopt(_ user: Resources) {
        guard user != self.user else { return }
        self.user = user
        func step(_ amount: Int) -> Int { max((amount + Self.userSteps - 1) / Self.userSteps, 1) }
        let grid = AllocationGrid(
            step: Resources(millicores: step(user.millicores), mebibytes: step(user.mebibytes)))
        manager = manager.anew(over: FreyrInputs(grid: grid, capacity: Self.nominal))
    }

    private static func share(_ part: Int, of whole: Int, _ nominal: Int) -> Int {
        whole > 0 ? min(max(part, 0), whole) * nominal / whole : 0
    }
}
