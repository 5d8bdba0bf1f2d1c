public import Topology

/// What an uplink samples: implemented by the node's counters.
public protocol SampleSource {
    /// Reads everything once: one reading per node that the uplink speaks for, in the uplink's order. An error ends the
    /// agent.
    mutating func sample() throws -> SampleRound

    /// Says that `sample` is called every so many milliseconds from now on.
    mutating func setInterval(milliseconds: UInt32)

    /// Gives back whatever was claimed for sampling; called once, also after an error.
    mutating func close()
}

/// What one tick of a source gave.
public struct SampleRound: Sendable {
    /// One reading per node.
    public var readings: [NodeReading]
    /// What the reading took, and what went wrong so far.
    public var tally: SourceTally

    /// The readings of one tick.
    public init(readings: [NodeReading], tally: SourceTally) {
        self.readings = readings
        self.tally = tally
    }
}

/// What a source's work took and what went wrong in it; counts are since the source's start.
public struct SourceTally: Hashable, Sendable {
    /// Reads of registers and files that the last round took; nil from a source that does not count them.
    public var reads: Int?
    /// Reads that failed.
    public var failedReads: Int
    /// Differences dropped because they cannot be true.
    public var implausible: Int
    /// Differences dropped because a counter was set back.
    public var resets: Int
    /// Whole intervals dropped because the machine or the agent stood still for too long.
    public var gaps: Int

    /// Counts as given.
    public init(reads: Int? = nil, failedReads: Int = 0, implausible: Int = 0, resets: Int = 0, gaps: Int = 0) {
        self.reads = reads
        self.failedReads = failedReads
        self.implausible = implausible
        self.resets = resets
        self.gaps = gaps
    }
}

/// One reading of one node's columns; the table comes along because it may change while running.
public struct NodeReading: Hashable, Sendable {
    /// The meaning of the numbers; a table with other columns has another version.
    public var columns: ColumnTable
    /// One number per column.
    public var sample: Sample

    /// A reading as described.
    public init(columns: ColumnTable, sample: Sample) {
        self.columns = columns
        self.sample = sample
    }
}
