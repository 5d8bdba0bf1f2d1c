public import Measures
public import Topology

/// What the containers of a node used during one reporting interval.
public struct ContainerSnapshot: Hashable, Sendable {
    /// What sampling has met with since its start.
    public struct Tally: Hashable, Sendable {
        /// Rounds of reading.
        public var rounds: UInt64 = 0
        /// Windows left out because a counter was set back.
        public var droppedWindows: UInt64 = 0
        /// Containers that went away.
        public var ended: UInt64 = 0
    }

    /// When the interval ended.
    public let takenAt: MonotonicInstant
    /// The interval's length in nanoseconds.
    public let intervalNanoseconds: UInt64
    /// Each container that is sampled.
    public let containers: [ContainerUsage]
    /// Containers that are there but not sampled, because they are more than the maximum or their files cannot be read.
    public let unsampled: Int
    /// What sampling has met with since its start.
    public let tally: Tally
}
