/// How long requests took, counted in buckets of fixed bounds.
///
/// The bounds are four to a doubling, from 2^16 ns (66 us) to 2^38 ns (275 s), so that a quantile is read with an error
/// of a quarter at most; there is one bucket below and one above. All histograms have the same bounds and can be added.
public struct LatencyHistogram: Hashable, Sendable {
    private static let lowestPower = 16
    private static let highestPower = 38
    private static let stepsBits = 2
    private static let steps = 1 << stepsBits
    private static let bucketCount = (highestPower - lowestPower) * steps + 2

    /// A bucket's upper bound and how many took at most so long; the form that Prometheus wants.
    public struct Bucket: Hashable, Sendable {
        /// In seconds; infinite for the last.
        public let upperSeconds: Double
        /// How many took at most so long, those of the buckets before it included.
        public let cumulativeCount: UInt64
    }

    private var counts: [UInt64]
    /// How many were counted.
    public private(set) var count: UInt64 = 0
    /// How long they took together, in seconds.
    public private(set) var sumSeconds = 0.0

    /// Counts nothing yet.
    public init() {
        counts = Array(repeating: 0, count: Self.bucketCount)
    }

    /// One took `nanoseconds`.
    public mutating func record(nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)] += 1
        count += 1
        sumSeconds += Double(nanoseconds) * 1e-9
    }

    /// Adds what `other` has counted.
    public mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        sumSeconds += other.sumSeconds
    }

    /// The buckets, one to a doubling, which is fine enough for a chart; the last is without bound.
    public var buckets: [Bucket] {
        var result: [Bucket] = []
        var cumulative: UInt64 = 0
        for (index, value) in counts.enumerated() {
            cumulative += value
            if index % Self.steps == 0 || index == counts.count - 1 {
                result.append(Bucket(upperSeconds: Self.upperSeconds(of: index), cumulativeCount: cumulative))
            }
        }
        return result
    }

    /// The time in seconds that the share `quantile` (0 to 1) of requests took at most, as the upper bound of the
    /// bucket where it lies; nil before anything was counted.
    public func seconds(atQuantile quantile: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = max(UInt64((Double(count) * min(max(quantile, 0), 1)).rounded(.up)), 1)
        var cumulative: UInt64 = 0
        for (index, value) in counts.enumerated() {
            cumulative += value
            if cumulative >= rank { return Self.upperSeconds(of: index) }
        }
        return .infinity
    }

    /// The first bucket is for all up to 2^16 ns; bucket 1 is the first quarter above that.
    private static func bucket(of nanoseconds: UInt64) -> Int {
        guard nanoseconds > 1 << lowestPower else { return 0 }
        // An upper bound belongs to its bucket, as Prometheus has it.
        let value = nanoseconds - 1
        let power = UInt64.bitWidth - 1 - value.leadingZeroBitCount
        guard power < highestPower else { return bucketCount - 1 }
        let step = Int(value >> UInt64(power - stepsBits)) & (steps - 1)
        return (power - lowestPower) * steps + step + 1
    }

    private static func upperSeconds(of bucket: Int) -> Double {
        guard bucket < bucketCount - 1 else { return .infinity }
        let power = lowestPower + bucket / steps
        return Double(UInt64(1) << UInt64(power)) * (1 + Double(bucket % steps) / Double(steps)) * 1e-9
    }
}
