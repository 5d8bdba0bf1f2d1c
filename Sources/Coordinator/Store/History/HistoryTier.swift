/// How fine the history is for how long.
public struct HistoryTier: Hashable, Sendable {
    /// Seconds that one point stands for.
    public var secondsPerPoint: Int
    /// Seconds for which points are kept.
    public var keepSeconds: Int

    /// Points of so many seconds, kept for so long.
    public init(secondsPerPoint: Int, keepSeconds: Int) {
        self.secondsPerPoint = secondsPerPoint
        self.keepSeconds = keepSeconds
    }

    /// A second for an hour, ten seconds for a day, a minute for thirty days, an hour for four hundred days.
    public static let standard = [
        HistoryTier(secondsPerPoint: 1, keepSeconds: 3_600), HistoryTier(secondsPerPoint: 10, keepSeconds: 86_400),
        HistoryTier(secondsPerPoint: 60, keepSeconds: 30 * 86_400),
        HistoryTier(secondsPerPoint: 3_600, keepSeconds: 400 * 86_400),
    ]
}

/// The tiers with the blocks that each one's points are stored in. A point of the next coarser tier lies within one block,
/// so that what of it is not written yet can be made again from that block alone.
struct TierPlan: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        let tier: HistoryTier
        /// Seconds of a block.
        let blockSeconds: Int

        var secondsPerPoint: Int64 { Int64(tier.secondsPerPoint) }
        var pointsPerBlock: Int { blockSeconds / tier.secondsPerPoint }

        /// The number of the block that `unixSeconds` lies in.
        func block(of unixSeconds: Int64) -> Int64 { floorDivision(unixSeconds, Int64(blockSeconds)) }

        /// The place within its block of the point that `unixSeconds` lies in.
        func slot(of unixSeconds: Int64) -> Int {
            Int((unixSeconds - block(of: unixSeconds) * Int64(blockSeconds)) / secondsPerPoint)
        }

        /// The second at which the block of this number begins.
        func start(ofBlock block: Int64) -> Int64 { block * Int64(blockSeconds) }
    }

    /// Points per block, at least: enough that a chunk's head does not count, few enough that one is read in no time.
    private static let leastPoints = 240
    /// Points of a finer tier in one of the next, at most: this bounds a block.
    private static let mostRatio = 3_600
    private static let mostTiers = 6

    /// From the finest to the coarsest.
    let entries: [Entry]

    /// Throws `StoreError` naming what is allowed when `tiers` do not stand one upon the other.
    init(_ tiers: [HistoryTier]) throws(StoreError) {
        guard (1...Self.mostTiers).contains(tiers.count) else {
            throw StoreError("the history has \(tiers.count) tiers: allowed are 1 to \(Self.mostTiers)")
        }
        guard (1...3_600).contains(tiers[0].secondsPerPoint) else {
            throw StoreError("the finest tier's points are \(tiers[0].secondsPerPoint) s: allowed is 1 s to 3600 s")
        }
        for (finer, coarser) in zip(tiers, tiers.dropFirst()) {
            let ratio = coarser.secondsPerPoint / finer.secondsPerPoint
            guard coarser.secondsPerPoint % finer.secondsPerPoint == 0, (2...Self.mostRatio).contains(ratio) else {
                throw StoreError(
                    "a tier of \(coarser.secondsPerPoint) s follows one of \(finer.secondsPerPoint) s: allowed are 2 to "
                        + "\(Self.mostRatio) times the one before, in whole numbers")
            }
            guard coarser.keepSeconds > finer.keepSeconds else {
                throw StoreError(
                    "the tier of \(coarser.secondsPerPoint) s is kept for \(coarser.keepSeconds) s: allowed is any time longer "
                        + "than the \(finer.keepSeconds) s of the tier before it")
            }
        }
        entries = tiers.enumerated().map { index, tier in
            let unit = index + 1 < tiers.count ? tiers[index + 1].secondsPerPoint : tier.secondsPerPoint
            let least = Self.leastPoints * tier.secondsPerPoint
            return Entry(tier: tier, blockSeconds: (least + unit - 1) / unit * unit)
        }
        for entry in entries where entry.tier.keepSeconds < entry.blockSeconds {
            throw StoreError(
                "the tier of \(entry.tier.secondsPerPoint) s is kept for \(entry.tier.keepSeconds) s: allowed is at least "
                    + "the \(entry.blockSeconds) s of one of its blocks")
        }
    }
}

/// Rounded down, for moments before 1970 too.
func floorDivision(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
}
