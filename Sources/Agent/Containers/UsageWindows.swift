import Measures

/// One look at a container's counters.
struct UsageReading: Hashable, Sendable {
    let takenAt: MonotonicInstant
    /// CPU time used since the group was made.
    let cpuNanoseconds: UInt64
    /// Memory without file pages that have not been used lately; nil when it cannot be read.
    var workingSetBytes: UInt64?
    /// The scheduler's periods in which the CPU limit held the container back; nil when they cannot be read.
    var throttledPeriods: UInt64?
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

    /// CPU use over the newest window, in cores; nil before the first and after a dropped one.
    private(set) var newestCores: Double?

    /// Ends the window that began with the reading before, whatever its true length: a late reading makes a longer
    /// window, over which the use is averaged, and not a higher one.
    mutating func add(_ reading: UsageReading) {
        if let bytes = reading.workingSetBytes { summary.memoryPeakBytes = max(summary.memoryPeakBytes ?? 0, bytes) }
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
        if let before = last.throttledPeriods, let after = reading.throttledPeriods {
            summary.throttledWindows = (summary.throttledWindows ?? 0) + (after > before ? 1 : 0)
        }
    }

    /// The interval since the last call; the next one begins with the newest reading.
    mutating func finish() -> Summary {
        var finished = summary
        if nanoseconds > 0 { finished.cpuCoresMean = Double(cpuNanoseconds) / Double(nanoseconds) }
        summary = Summary()
        cpuNanoseconds = 0
        nanoseconds = 0
        return finished
    }
}
