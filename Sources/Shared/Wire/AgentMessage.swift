public import Topology

/// What an agent says when it connects and whenever its columns change.
public struct Hello: Hashable, Sendable {
    /// The major version of the protocol that the agent speaks.
    public var protocolMajor: UInt32
    /// The minor version of the protocol that the agent speaks.
    public var protocolMinor: UInt32
    /// The node that the agent speaks for.
    public var node: NodeName
    /// Drawn at random once per start of the agent: with the sequence it tells a resent batch from a new one.
    public var incarnation: UInt64
    /// The meaning of the numbers in the batches to come.
    public var columns: ColumnTable
    /// The agent's own version, for people.
    public var agentVersion: String?
    /// How often the agent samples, in milliseconds.
    public var intervalMilliseconds: UInt32
    /// Batches that the agent's bounded buffer has dropped since its start.
    public var droppedBatches: UInt64
    /// The sequence of the oldest batch that the agent still holds, or of the next that it will send.
    public var oldestSequence: UInt64

    /// A hello as described, in this build's protocol version unless told otherwise.
    public init(
        protocolMajor: UInt32 = WireLimits.protocolMajor, protocolMinor: UInt32 = WireLimits.protocolMinor,
        node: NodeName, incarnation: UInt64, columns: ColumnTable, agentVersion: String?, intervalMilliseconds: UInt32,
        droppedBatches: UInt64, oldestSequence: UInt64
    ) {
        self.protocolMajor = protocolMajor
        self.protocolMinor = protocolMinor
        self.node = node
        self.incarnation = incarnation
        self.columns = columns
        self.agentVersion = agentVersion
        self.intervalMilliseconds = intervalMilliseconds
        self.droppedBatches = droppedBatches
        self.oldestSequence = oldestSequence
    }
}

/// One or more samples under one column table, as flat arrays.
public struct Batch: Hashable, Sendable {
    /// The node that the agent speaks for.
    public var node: NodeName
    /// The agent's incarnation, as in its hello.
    public var incarnation: UInt64
    /// Counts the agent's batches from 1.
    public var sequence: UInt64
    /// The sequence of the oldest batch that the agent still holds: what is older will never come.
    public var oldestSequence: UInt64
    /// The column table that the samples were taken under.
    public var tableVersion: UInt32
    /// Numbers per sample; at least 1.
    public var columnCount: Int
    /// For each sample, nanoseconds between its taking and the sending of this message.
    public var ageNanoseconds: [UInt64]
    /// Sample after sample, `columnCount` numbers each.
    public var values: [Double]
    /// Sample after sample, one bit per column, in whole 64-bit words; see `Sample.presence`.
    public var presence: [UInt64]

    /// The presence words that each sample has.
    public var wordsPerSample: Int { (columnCount + 63) / 64 }

    /// A batch from its flat parts. Throws `WireError` when their sizes do not fit together.
    public init(
        node: NodeName, incarnation: UInt64, sequence: UInt64, oldestSequence: UInt64, tableVersion: UInt32,
        columnCount: Int, ageNanoseconds: [UInt64], values: [Double], presence: [UInt64]
    ) throws(WireError) {
        let samples = ageNanoseconds.count
        let words = (columnCount + 63) / 64
        guard columnCount >= 1, columnCount <= WireLimits.messageBytes, samples >= 1,
            values.count == samples * columnCount, presence.count == samples * words
        else {
            throw WireError(
                .inconsistent,
                "batch \(sequence) of \(node) has \(samples) ages, \(columnCount) columns, \(values.count) values and "
                    + "\(presence.count) presence words: allowed is at least one sample, with one value and one bit per column"
            )
        }
        guard sequence >= 1, oldestSequence >= 1, oldestSequence <= sequence else {
            throw WireError(
                .inconsistent,
                "batch \(sequence) of \(node) names \(oldestSequence) as the oldest held: allowed is 1 to its own sequence")
        }
        self.node = node
        self.incarnation = incarnation
        self.sequence = sequence
        self.oldestSequence = oldestSequence
        self.tableVersion = tableVersion
        self.columnCount = columnCount
        self.ageNanoseconds = ageNanoseconds
        self.values = values
        self.presence = presence
    }
}

/// A message from an agent to the coordinator.
public enum AgentMessage: Hashable, Sendable {
    /// Who speaks, and what its numbers mean.
    case hello(Hello)
    /// Samples.
    case batch(Batch)

    /// The node that the agent speaks for.
    public var node: NodeName {
        switch self {
        case .hello(let hello): hello.node
        case .batch(let batch): batch.node
        }
    }
}
