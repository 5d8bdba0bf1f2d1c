/// A block of one tier, of all series together.
struct BlockKey: Hashable, Sendable {
    /// The tier's place in the plan, from the finest.
    var tier: Int
    /// The block's number.
    var block: Int64
}

/// One series' part of a block, by the number under which the database keeps it. The numbers of a block stand together, and
/// so do the blocks of a tier in the order of time: what is written is appended, and what is too old goes as a whole.
enum ChunkKey {
    private static let seriesBits: Int64 = 24
    private static let blockBits: Int64 = 34
    /// Numbers that a series can have.
    static let mostSeries = 1 << seriesBits
    /// Numbers that a tier can have.
    static let tiers: Range<Int64> = 0..<32

    /// The number of the part of `number`.
    static func key(tier: Int64, block: Int64, _ number: SeriesNumber) -> Int64 {
        range(tier: tier, block: block).lowerBound | Int64(number.rawValue)
    }

    /// The block that `key` lies in.
    static func block(of key: Int64) -> Int64 { (key >> seriesBits) & ((1 << blockBits) - 1) }

    /// The series that `key` is of.
    static func number(of key: Int64) -> SeriesNumber {
        SeriesNumber(rawValue: Int32(truncatingIfNeeded: key & ((1 << seriesBits) - 1)))
    }

    /// The numbers of a whole block; one of a number that there is no room for counts as the last.
    static func range(tier: Int64, block: Int64) -> Range<Int64> {
        let held = min(max(block, 0), (1 << blockBits) - 1)
        let first = range(ofTier: tier).lowerBound | (held << seriesBits)
        return first..<(first + (1 << seriesBits))
    }

    /// The numbers of a whole tier.
    static func range(ofTier tier: Int64) -> Range<Int64> {
        let first = tier << (blockBits + seriesBits)
        return first..<(first + (1 << (blockBits + seriesBits)))
    }
}
