/// The time limits of telemetry, and how often nodes are sampled.
public struct TelemetrySettings: Hashable, Sendable {
    /// How much measured time a window must hold before a decision is based on it, in nanoseconds.
    public var windowNanoseconds: UInt64
    /// How old a node's newest sample may be, in nanoseconds, before the node counts as unknown; a node
    /// whose agent samples seldom is given three of its intervals.
    public var unknownAfterNanoseconds: UInt64
    /// How often nodes are to be sampled, in milliseconds, until something else is ordered; nil leaves it to each agent.
    public var intervalMilliseconds: UInt32?

    /// Samples kept per node: a whole window of them at 10 ms, the shortest interval that an agent has, and then some
    /// for the time until the window begins.
    var recentSamples: Int { Int(clamping: windowNanoseconds / 10_000_000) + 256 }

    /// Limits as given; the defaults are a window of one second and unknown after three.
    public init(
        windowNanoseconds: UInt64 = 1_000_000_000, unknownAfterNanoseconds: UInt64 = 3_000_000_000,
        intervalMilliseconds: UInt32? = nil
    ) {
        self.windowNanoseconds = windowNanoseconds
        self.unknownAfterNanoseconds = unknownAfterNanoseconds
        self.intervalMilliseconds = intervalMilliseconds
    }
}
