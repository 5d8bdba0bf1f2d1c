import Measures

/// How values are distributed, in the form that Prometheus wants.
struct Distribution: Sendable {
    /// Upper bounds, each finite and larger than the one before, with how many values lay at or below each.
    var buckets: [(bound: Double, cumulativeCount: UInt64)]
    /// The sum of all values.
    var sum: Double
    /// How many there were.
    var count: UInt64
}

extension Distribution {
    /// What `histogram` has counted.
    init(_ histogram: Histogram) {
        self.init(
            buckets: zip(histogram.bounds, histogram.cumulativeCounts).map { ($0, $1) }, sum: histogram.sum,
            count: histogram.count)
    }
}
