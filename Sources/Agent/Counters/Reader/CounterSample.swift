public import Measures
public import Topology

/// One reading of all of a node's counters.
public struct CounterSample: Sendable {
    /// What went wrong since the reader was made. A value that is left out is absent from its sample, never zero.
    public struct Tally: Hashable, Sendable {
        /// Samples taken.
        public var samples = 0
        /// Reads of registers, events and files, failed ones included.
        public var reads = 0
        /// Register reads that failed; each register is given up after its first failure.
        public var failedReads = 0
        /// Differences dropped because they cannot be true.
        public var implausible = 0
        /// Differences dropped because a counter was set back.
        public var resets = 0
        /// Whole intervals dropped because the machine or the reader stood still for too long.
        public var gaps = 0
    }

    /// The meaning of the values; its version is raised when it changes.
    public let table: ColumnTable
    /// One value per column of `table`.
    public let sample: Sample
    /// When reading began, on the reader's time line.
    public let takenAt: MonotonicInstant
    /// What went wrong so far.
    public let tally: Tally
}
