/// What a node's hardware does at present, as its counters would tell.
struct NodeActivity: Hashable, Sendable {
    /// Share of time, 0 to 1, in which a CPU executes instructions (C0).
    var utilisation: Double
    /// Retired instructions per core cycle while executing.
    var instructionsPerCycle: Double
    /// Last-level cache references per second, of the whole node.
    var llcReferencesPerSecond: Double
    /// Last-level cache misses per second, of the whole node.
    var llcMissesPerSecond: Double
    /// Bytes read from memory per second, of the whole node.
    var memoryReadBytesPerSecond: Double
    /// Bytes written to memory per second, of the whole node.
    var memoryWriteBytesPerSecond: Double
    /// Share of time, 0 to 1, that a core spends in C6.
    var c6Share: Double
}
