import Measures

/// One look at a container's counters.
struct UsageReading: Hashable, Sendable {
    /// What costs more to read than the CPU time; each nil when it cannot be read.
    struct Details: Hashable, Sendable {
        /// Memory without file pages that have not been used lately.
        var workingSetBytes: UInt64?
        /// The scheduler's periods in which the CPU limit held the container back.
        var throttledPeriods: UInt64?
    }

    let takenAt: MonotonicInstant
    /// CPU time used since the group was made.
    let cpuNanoseconds: UInt64
    /// nil when they were not looked at.
    var details: Details?
}

/// The windows between readings, summed up over a reporting interval: a pure value.
struct UsageWindows: Hashable, Sendable {
    /// What a reporting interval comes to.
    struct Summary: Hashable, Sendable {
        var windows: UInt32 = 0
        var cpuCoresMean: Double?
        var cpuCoresPeak: Double?
        var memoryPeakBytes: UInt64?
        var throttledWindows: UInt32?
        /// Windows left out because the counter of CPU time was set back.
        var droppedWindows: UInt32 = 0
    }

    private var last: UsageReading?
    private var summary = Summary()
    private var cpuNanoseconds: UInt64 = 0
    private var nanoseconds: UInt64 = 0
    private var detailedCPUNanoseconds: UInt64?
    private var throttledPeriods: UInt64?

    /// CPU use over the newest window, in cores; nil before the first and after a dropped one.
    private(set) var newestCores: Double?

    /// Whether a reading with this CPU time is worth its details: the first of an interval, and where the container has
    /// run since the last ones. One that has not run has neither touched memory nor been held back.
    func needsDetails(cpuNanoseconds: UInt64) -> Bool { cpuNanoseconds != detailedCPUNanoseconds }

    /// Ends the window that began with the reading before, whatever its true length: a late reading makes a longer
    /// window, over which the use is averaged, and not a higher one.
    mutating func add(_ reading: UsageReading) {
        let isThrottled = reading.details.map { take($0, cpuNanoseconds: reading.cpuNanoseconds) } ?? false
        defer { last = reading }
        guard let last, reading.takenAt > last.takenAt else { return }
        guard reading.cpuNanoseconds >= last.cpuNanoseconds else {
            summary.droppedWindows += 1
            newestCores = nil
            return
        }
        let used = reading.cpuNanoseconds - last.cpuNanoseconds
        let length = reading.takenAt.nanoseconds(since: last.takenAt)
        let cores = Double(used) / Double(length)
        newestCores = cores
        summary.windows += 1
        summary.cpuCoresPeak = max(summary.cpuCoresPeak ?? 0, cores)
        // A counter read from a file may hold any number, so a sum of its differences may leave the range.
        cpuNanoseconds = cpuNanoseconds.addingReportingOverflow(used).overflow ? .max : cpuNanoseconds + used
        nanoseconds += length
        if throttledPeriods != nil {
            summary.throttledWindows = (summary.throttledWindows ?? 0) + (isThrottled ? 1 : 0)
        }
    }

    /// Whether the container was held back since the last details.
    private mutating func take(_ details: UsageReading.Details, cpuNanoseconds: UInt64) -> Bool {
        if let bytes = details.workingSetBytes { summary.memoryPeakBytes = max(summary.memoryPeakBytes ?? 0, bytes) }
        detailedCPUNanoseconds = cpuNanoseconds
        defer { throttledPeriods = details.throttledPeriods }
        guard let before = throttledPeriods, let after = details.throttledPeriods else { return false }
        return after > before
    }

    /// The interval since the last call; the next one begins with the newest reading.
    mutating func finish() -> Summary {
        var finished = summary
        if nanoseconds > 0 { finished.cpuCoresMean = Double(cpuNanoseconds) / Double(nanoseconds) }
        summary = Summary()
        cpuNanoseconds = 0
        nanoseconds = 0
        detailedCPUNanoseconds = nil
        return finished
    }
}
