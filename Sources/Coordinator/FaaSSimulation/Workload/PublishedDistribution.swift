#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A log-normal distribution through three published percentiles.
///
/// A log-normal distribution has two parameters and three percentiles are given, so it is made of two pieces that meet
/// at the 75th percentile: the body through the 25th and the 75th, the tail through the 75th and the 99th. In the plane
/// of normal quantile and logarithm it is two straight lines, and all three percentiles are met exactly. Values are
/// clamped to the published least and largest one. The median is that of the body, not the published one.
public struct PublishedDistribution: Sendable, Hashable {
    /// The smallest and the largest value.
    public let minimum, maximum: Double

    private let logarithmAtZero, bodySlope, logarithmAtP75, tailSlope: Double
    private let leastLogarithm, largestLogarithm: Double

    /// Standard normal quantiles of 0.75 and 0.99.
    static let z75 = 0.674_489_750_196_081_7, z99 = 2.326_347_874_040_840_8

    /// The distribution of `summary`'s quantity times `unit`. What the table has rounded down to less than `least`
    /// counts as `least`, which is positive and in the table's unit, and nothing is more than `cap`, in the unit of the
    /// result.
    public init(_ summary: PercentileSummary, least: Double, unit: Double, cap: Double = .infinity) {
        let logarithm = { (value: Double) in log(max(value, least) * unit) }
        let p25 = logarithm(summary.p25)
        let p75 = logarithm(summary.p75)
        bodySlope = (p75 - p25) / (2 * Self.z75)
        logarithmAtZero = (p25 + p75) / 2
        logarithmAtP75 = p75
        tailSlope = (logarithm(summary.p99) - p75) / (Self.z99 - Self.z75)
        minimum = min(max(summary.minimum, least) * unit, cap)
        maximum = min(max(summary.maximum, least) * unit, cap)
        leastLogarithm = log(minimum)
        largestLogarithm = log(maximum)
    }

    /// The distribution with this median whose logarithm has the standard deviation `spread`, between `minimum` and
    /// `maximum`; the median is positive.
    public init(median: Double, spread: Double = 0, minimum: Double = 0, maximum: Double = .infinity) {
        logarithmAtZero = log(median)
        bodySlope = spread
        logarithmAtP75 = logarithmAtZero + spread * Self.z75
        tailSlope = spread
        self.minimum = minimum
        self.maximum = maximum
        leastLogarithm = log(minimum)
        largestLogarithm = log(maximum)
    }

    /// The logarithm of the value whose share of smaller ones is that of the standard normal distribution below `z`.
    func logarithm(at z: Double) -> Double {
        let logarithm =
            z <= Self.z75 ? logarithmAtZero + bodySlope * z : logarithmAtP75 + tailSlope * (z - Self.z75)
        return min(max(logarithm, leastLogarithm), largestLogarithm)
    }

    /// The logarithm of the median.
    var logarithmOfMedian: Double { logarithm(at: 0) }

    /// The median.
    public var median: Double { exp(logarithmOfMedian) }
}
