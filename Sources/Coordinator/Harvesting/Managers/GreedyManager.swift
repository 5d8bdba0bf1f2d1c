/// Takes a step from what a function's last finished call hardly used, and adds one where it used nearly all.
///
/// It looks at nothing else: no demand of other functions, no history before the last call, no safeguard. One of the
/// managers that Freyr is compared with (WWW 2022), there with steps of one core and 64 MB.
public struct GreedyManager: ResourceManager {
    /// The amounts that it moves among.
    public let grid: AllocationGrid
    /// How many steps of the grid one decision moves; 1 in the paper's cluster, 2 in the simulator published with it.
    public let stepsAtOnce: Int

    private var newest = FunctionTable<FunctionHistory.FinishedCall?>(startingWith: nil)

    /// A manager over `grid`, of which one decision moves `stepsAtOnce` steps, at least one.
    public init(grid: AllocationGrid = .published, stepsAtOnce: Int = 1) {
        precondition(stepsAtOnce >= 1, "a greedy decision moves at least one step")
        self.grid = grid
        self.stepsAtOnce = stepsAtOnce
    }

    public mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        guard let last = newest[request.function] else { return AllocationDecision(request.user) }
        return AllocationDecision(
            Resources(
                millicores: move(
                    last.allocated.millicores, peak: last.peakUse.millicores, step: grid.step.millicores),
                mebibytes: move(last.allocated.mebibytes, peak: last.peakUse.mebibytes, step: grid.step.mebibytes)))
    }

    public mutating func finished(_ record: FinishedInvocation) {
        if let known = newest[record.function], known.sequence > record.sequence { return }
        newest[record.function] = FunctionHistory.FinishedCall(record)
    }

    private func move(_ allocated: Int, peak: Int, step: Int) -> Int {
        if Safeguard.isAtMost(peak, ofAmount: allocated) {
            max(allocated - stepsAtOnce * step, min(allocated, step))
        } else {
            min(allocated + stepsAtOnce * step, max(allocated, AllocationGrid.steps * step))
        }
    }
}
