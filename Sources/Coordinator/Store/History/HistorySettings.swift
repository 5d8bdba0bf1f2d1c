/// How much of the history is kept, and how much may wait to be written.
public struct HistorySettings: Hashable, Sendable {
    /// The tiers, from the finest to the coarsest.
    public var tiers: [HistoryTier]
    /// Bytes that the database may have; where they are used up, the oldest points of the finest tier go first.
    public var limitBytes: Int
    /// Points that may wait to be written; what comes beyond that is dropped and counted.
    public var mostQueuedPoints: Int
    /// Series that there may be; points of further ones are refused and counted.
    public var mostSeries: Int

    /// The standard tiers in at most 2 GiB, unless told otherwise.
    public init(
        tiers: [HistoryTier] = HistoryTier.standard, limitBytes: Int = 2 << 30, mostQueuedPoints: Int = 1 << 19,
        mostSeries: Int = 100_000
    ) {
        self.tiers = tiers
        self.limitBytes = limitBytes
        self.mostQueuedPoints = mostQueuedPoints
        self.mostSeries = min(mostSeries, ChunkKey.mostSeries)
    }
}
