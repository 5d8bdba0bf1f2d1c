/// What is known of an invocation once it has ended.
public struct FinishedInvocation: Sendable, Hashable {
    /// The function that was called.
    public var function: FunctionIndex
    /// Place in the order of arrivals, as its request had it.
    public var sequence: Int
    /// What the function's user has defined for it.
    public var user: Resources
    /// What it was given at its start; what came later is in `peakUse`, the times and what it held.
    public var allocated: Resources
    /// The most it used in any window, never more than it had.
    public var peakUse: Resources
    /// Seconds from the arrival to the beginning of its execution or cold start.
    public var waitSeconds: Double
    /// Seconds of execution, without wait and cold start.
    public var executionSeconds: Double
    /// Seconds from the arrival to the end: wait, cold start and execution.
    public var completionSeconds: Double
    /// Seconds its execution takes with the user's amounts.
    public var baselineSeconds: Double
    /// Seconds from the start of the run to the end of the invocation.
    public var endSeconds: Double
    /// Whether the safeguard had decided, so that it calibrates: `AllocationDecision.safeguarded`.
    public var safeguarded: Bool
    /// Whether it ended well; what failed tells nothing of a function's needs.
    public var succeeded: Bool
    /// What it held over its execution, gains and losses in flight included: millicores and mebibytes times seconds.
    public var heldMillicoreSeconds: Double, heldMebibyteSeconds: Double

    /// The record of one invocation; what it held is `allocated` all the time unless that is told.
    @inlinable
    public init(
        function: FunctionIndex, sequence: Int, user: Resources, allocated: Resources, peakUse: Resources,
        waitSeconds: Double, executionSeconds: Double, completionSeconds: Double, baselineSeconds: Double,
        endSeconds: Double, safeguarded: Bool, succeeded: Bool, heldMillicoreSeconds: Double? = nil,
        heldMebibyteSeconds: Double? = nil
    ) {
        self.function = function
        self.sequence = sequence
        self.user = user
        self.allocated = allocated
        self.peakUse = peakUse
        self.waitSeconds = waitSeconds
        self.executionSeconds = executionSeconds
        self.completionSeconds = completionSeconds
        self.baselineSeconds = baselineSeconds
        self.endSeconds = endSeconds
        self.safeguarded = safeguarded
        self.succeeded = succeeded
        self.heldMillicoreSeconds = heldMillicoreSeconds ?? Double(allocated.millicores) * executionSeconds
        self.heldMebibyteSeconds = heldMebibyteSeconds ?? Double(allocated.mebibytes) * executionSeconds
    }

    /// Whether it held more than its user's amount of a resource on average. The sums come from parts of its execution,
    /// so that a billionth is rounding.
    public var heldMoreThanUser: Bool {
        let rounding = 1 + 1e-9
        return heldMillicoreSeconds > Double(user.millicores) * executionSeconds * rounding
            || heldMebibyteSeconds > Double(user.mebibytes) * executionSeconds * rounding
    }

    /// Relative function execution time: execution by baseline, below 1 where the invocation was accelerated.
    /// 1 where there is no baseline, as for a call that takes no time.
    @inlinable
    public var relativeExecutionTime: Double {
        baselineSeconds > 0 ? executionSeconds / baselineSeconds : 1
    }
}
