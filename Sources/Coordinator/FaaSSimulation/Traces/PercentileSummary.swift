/// A quantity as the provider publishes it: a few percentiles of what was measured.
public struct PercentileSummary: Sendable, Hashable {
    /// The 25th, 50th, 75th and 99th percentile, ascending, in the unit of the table.
    public let p25, p50, p75, p99: Double
    /// The least and the largest value published, in the unit of the table.
    public let minimum, maximum: Double

    /// The mean of what was measured, in the unit of the table.
    public let mean: Double

    /// The summary of these figures; nil unless the percentiles ascend from `minimum` to `maximum`, and none is
    /// negative.
    public init?(
        mean: Double, minimum: Double, p25: Double, p50: Double, p75: Double, p99: Double, maximum: Double
    ) {
        let ascending = [0, minimum, p25, p50, p75, p99, maximum]
        guard zip(ascending, ascending.dropFirst()).allSatisfy({ $0 <= $1 }), mean >= 0 else { return nil }
        self.mean = mean
        self.minimum = minimum
        self.p25 = p25
        self.p50 = p50
        self.p75 = p75
        self.p99 = p99
        self.maximum = maximum
    }
}
