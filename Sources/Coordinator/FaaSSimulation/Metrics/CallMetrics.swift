internal import Harvesting

/// What is reported of the calls of a run, gathered as they end, in bounded room.
public struct CallMetrics: InvocationSink, Sendable, Hashable {
    /// Relative function execution time: execution by execution with the user's amounts, without wait and cold start.
    public private(set) var relativeExecution = ValueHistogram()
    /// The same of calls that were given less than their user's amount of a resource.
    public private(set) var relativeExecutionOfHarvested = ValueHistogram()
    /// Seconds of execution.
    public private(set) var executionSeconds = ValueHistogram()
    /// Seconds from arrival to end: wait, cold start and execution.
    public private(set) var completionSeconds = ValueHistogram()
    /// Seconds of waiting.
    public private(set) var waitSeconds = ValueHistogram()
    /// Completion by execution with the user's amounts.
    public private(set) var completionSlowdown = ValueHistogram()

    /// How many calls have ended.
    public private(set) var calls = 0
    /// Calls given less than their user's amount of a resource, calls given more of one, and those to which both
    /// happened.
    public private(set) var harvested = 0, accelerated = 0, harvestedAndAccelerated = 0
    /// Calls about which the safeguard had decided.
    public private(set) var safeguarded = 0
    /// Calls whose execution took longer, and less long, than with the user's amounts.
    public private(set) var slower = 0, faster = 0
    /// Calls that had to wait, and calls with a cold start.
    public private(set) var waited = 0, cold = 0
    /// Calls that got back what they lent while they ran, and calls that lost what they had borrowed.
    public private(set) var reclaimed = 0, shrunk = 0

    private var cpuShareHarvested = 0.0, cpuHarvested = 0
    private var memoryShareHarvested = 0.0, memoryHarvested = 0

    /// No calls.
    public init() {}

    public mutating func record(_ record: borrowing InvocationRecord) {
        let finished = record.finished
        calls += 1
        let relative = finished.relativeExecutionTime
        relativeExecution.add(relative)
        executionSeconds.add(finished.executionSeconds)
        completionSeconds.add(finished.completionSeconds)
        waitSeconds.add(finished.waitSeconds)
        if finished.baselineSeconds > 0 {
            completionSlowdown.add(finished.completionSeconds / finished.baselineSeconds)
        }
        // The rounding of a sum of parts is no acceleration.
        if relative > 1 + 1e-9 { slower += 1 } else if relative < 1 - 1e-9 { faster += 1 }
        if finished.waitSeconds > 0 { waited += 1 }
        if record.wasCold { cold += 1 }
        if record.wasReclaimed { reclaimed += 1 }
        if record.wasShrunk { shrunk += 1 }
        if finished.safeguarded { safeguarded += 1 }
        if record.isAccelerated { accelerated += 1 }
        guard record.isHarvested else { return }
        harvested += 1
        if record.isAccelerated { harvestedAndAccelerated += 1 }
        relativeExecutionOfHarvested.add(relative)
        addShares(finished)
    }

    private mutating func addShares(_ finished: FinishedInvocation) {
        let taken = finished.user - finished.allocated
        if taken.millicores > 0 {
            cpuShareHarvested += Double(taken.millicores) / Double(finished.user.millicores)
            cpuHarvested += 1
        }
        if taken.mebibytes > 0 {
            memoryShareHarvested += Double(taken.mebibytes) / Double(finished.user.mebibytes)
            memoryHarvested += 1
        }
    }

    /// `count` as a share of all calls; nil when there are none.
    public func share(_ count: Int) -> Double? { calls > 0 ? Double(count) / Double(calls) : nil }

    /// The mean share of the user's CPU that was taken from the calls which CPU was taken from; nil if there were none.
    public var meanCPUShareHarvested: Double? {
        cpuHarvested > 0 ? cpuShareHarvested / Double(cpuHarvested) : nil
    }

    /// The mean share of the user's memory that was taken from the calls which memory was taken from; nil if there were
    /// none.
    public var meanMemoryShareHarvested: Double? {
        memoryHarvested > 0 ? memoryShareHarvested / Double(memoryHarvested) : nil
    }
}
