/// How the history is.
public struct HistoryStatus: Hashable, Sendable {
    /// Whether points are written.
    public enum State: Hashable, Sendable {
        /// They are.
        case running
        /// They are not, because of what the sentence says, since that many seconds after 1970; it is tried again.
        case stopped(reason: String, sinceUnixSeconds: Double)
    }

    /// Whether points are written.
    public var state: State
    /// The series that there are.
    public var series: Int
    /// Points that wait to be written.
    public var queuedPoints: Int
    /// Points written since the start.
    public var writtenPoints: UInt64
    /// Points dropped since the start, because the queue was full.
    public var droppedPoints: UInt64
    /// Points refused since the start, because there were too many series or they were no numbers.
    public var refusedPoints: UInt64
    /// Seconds for which the oldest point that is not written yet has been waiting; 0 where none is.
    public var lagSeconds: Double
    /// Bytes of the database that are in use.
    public var usedBytes: Int
    /// Bytes that it may have.
    public var limitBytes: Int
    /// Blocks that went before their time since the start, because the bytes were used up.
    public var droppedBlocks: UInt64
    /// The tiers, with the beginning of the oldest points of each in seconds since 1970; nil where a tier has none.
    public var tiers: [(tier: HistoryTier, oldestUnixSeconds: Int64?)] {
        zip(tierList, oldest).map { ($0, $1) }
    }

    var tierList: [HistoryTier]
    var oldest: [Int64?]
}
