public import Topology

/// What an uplink samples: implemented by the node's counters.
public protocol SampleSource {
    /// Reads every column once; the table comes along because it may change while running. An error ends the agent.
    mutating func sample() throws -> (columns: ColumnTable, sample: Sample)

    /// Gives back whatever was claimed for sampling; called once, also after an error.
    mutating func close()
}
