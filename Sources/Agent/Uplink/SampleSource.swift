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

    /// The readings of one tick.
    public init(readings: [NodeReading]) {
        self.readings = readings
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
