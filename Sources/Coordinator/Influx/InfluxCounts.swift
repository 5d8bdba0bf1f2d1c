/// What has become of lines since the coordinator's start.
public struct InfluxCounts: Hashable, Sendable {
    /// Lines that were put into the queue.
    public var added: UInt64 = 0
    /// Lines that the database has written.
    public var written: UInt64 = 0
    /// Batches that it has written, in whole or in part.
    public var batches: UInt64 = 0
    /// Lines that were given up, by reason.
    public var dropped: [DropReason: UInt64] = [:]
    /// Times that a batch had to be put off, by reason.
    public var retries: [RetryReason: UInt64] = [:]
    /// Lines that wait now, those on their way included.
    public var waiting = 0
    /// Their bytes.
    public var waitingBytes = 0
    /// Seconds for which the oldest of them has waited; nil where none waits.
    public var oldestSeconds: Double?

    /// Nothing yet.
    public init() {}
}
