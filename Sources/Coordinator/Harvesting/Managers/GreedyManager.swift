/// Takes a step from what a function's last finished call hardly used, and adds one where it used nearly all.
///
/// It looks at nothing else: no demand of other functions, no history before the last call, no safeguard. One of the
/// managers that Freyr is compared with (WWW 2022), there with steps of one core and 64 MB.
public struct GreedyManager: ResourceManager {
    /// The least that it leaves.
    public let least: Resources
    /// What one decision moves.
    public let step: Resources
    /// The most that it gives where the user does not define more.
    public let maximum: Resources

    private var newest = FunctionTable<FunctionHistory.FinishedCall?>(startingWith: nil)

    /// A manager over `grid`, of which one decision moves `stepsAtOnce` steps, at least one: 1 in the paper's cluster, 2 in
    /// the simulator published with it.
    public init(grid: AllocationGrid = .published, stepsAtOnce: Int = 1) {
        precondition(stepsAtOnce >= 1, "a greedy decision moves at least one step")
        least = grid.step
        step = Resources(millicores: stepsAtOnce * grid.step.millicores, mebibytes: stepsAtOnce * grid.step.mebibytes)
        maximum = grid.maximum
    }

    /// A manager that moves by `step`, the least that it leaves, up to `maximum`; both are positive.
    public init(step: Resources, maximum: Resources) {
        precondition(
            step.millicores > 0 && step.mebibytes > 0 && step.fits(in: maximum),
            "a greedy decision moves by a positive step, and not beyond the maximum")
        least = step
        self.step = step
        self.maximum = maximum
    }

    public mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        guard let last = newest[request.function] else { return AllocationDecision(request.user) }
        return AllocationDecision(
            Resources(
                millicores: Self.moved(
                    last.allocated.millicores, peak: last.peakUse.millicores, by: step.millicores,
                    in: least.millicores...maximum.millicores),
                mebibytes: Self.moved(
                    last.allocated.mebibytes, peak: last.peakUse.mebibytes, by: step.mebibytes,
                    in: least.mebibytes...maximum.mebibytes)))
    }

    public mutating func finished(_ record: FinishedInvocation) {
        if let known = newest[record.function], known.sequence > record.sequence { return }
        newest[record.function] = FunctionHistory.FinishedCall(record)
    }

    /// A step from `allocated`, within `bounds` unless it lies outside already.
    private static func moved(_ allocated: Int, peak: Int, by step: Int, in bounds: ClosedRange<Int>) -> Int {
        if Safeguard.isAtMost(peak, ofAmount: allocated) {
            max(allocated - step, min(allocated, bounds.lowerBound))
        } else {
            min(allocated + step, max(allocated, bounds.upperBound))
        }
    }
}
