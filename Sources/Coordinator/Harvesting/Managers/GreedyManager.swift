/// Takes a step from what a function's last finished call hardly used, and adds one where it used nearly all.
///
/// It looks at nothing else: no demand of other functions, no history before the last call, no safeguard. One of the
/// managers that Freyr is compared with (WWW 2022), there with steps of one core and 64 MB.
public struct GreedyManager: ResourceManager {
    /// The amounts that it moves among.
    public let grid: AllocationGrid
    /// How many steps of the grid one decision moves; 1 in the paper's cluster, 2 in the simulator published with it.
    public let stepsAtOnce: Int

    private var functions = FunctionTable(startingWith: State())

    private struct State: Sendable {
        /// What the last decision wanted; nil before the first.
        var allocation: Resources?
        var last: FunctionHistory.FinishedCall?
    }

    /// A manager over `grid`, of which one decision moves `stepsAtOnce` steps, at least one.
    public init(grid: AllocationGrid = .published, stepsAtOnce: Int = 1) {
        precondition(stepsAtOnce >= 1, "a greedy decision moves at least one step")
        self.grid = grid
        self.stepsAtOnce = stepsAtOnce
    }

    public mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        let state = functions[request.function]
        guard let last = state.last else {
            functions[request.function].allocation = request.user
            return AllocationDecision(request.user)
        }
        let present = state.allocation ?? request.user
        let allocation = Resources(
            millicores: move(
                present.millicores, peak: last.peakUse.millicores, allocated: last.allocated.millicores,
                step: grid.step.millicores),
            mebibytes: move(
                present.mebibytes, peak: last.peakUse.mebibytes, allocated: last.allocated.mebibytes,
                step: grid.step.mebibytes))
        functions[request.function].allocation = allocation
        return AllocationDecision(allocation)
    }

    public mutating func finished(_ record: FinishedInvocation) {
        if let known = functions[record.function].last, known.sequence > record.sequence { return }
        functions[record.function].last = FunctionHistory.FinishedCall(
            sequence: record.sequence, user: record.user, allocated: record.allocated, peakUse: record.peakUse,
            succeeded: record.succeeded)
    }

    private func move(_ present: Int, peak: Int, allocated: Int, step: Int) -> Int {
        if Safeguard.isAtMost(peak, ofAmount: allocated) {
            max(present - stepsAtOnce * step, min(present, step))
        } else {
            min(present + stepsAtOnce * step, max(present, AllocationGrid.steps * step))
        }
    }
}
