/// What a metric was over a while: never a single value that stands for many.
public struct HistoryPoint: Hashable, Sendable {
    /// When the while began, in whole seconds since 1970 by the coordinator's wall clock.
    public var startUnixSeconds: Int64
    /// The mean of the values, each with the same weight.
    public var mean: Double
    /// The least of the values.
    public var min: Double
    /// The greatest of the values.
    public var max: Double
    /// How many values there were; at least one.
    public var count: UInt32

    /// A point as described.
    public init(startUnixSeconds: Int64, mean: Double, min: Double, max: Double, count: UInt32) {
        self.startUnixSeconds = startUnixSeconds
        self.mean = mean
        self.min = min
        self.max = max
        self.count = count
    }

    /// The point of one value.
    public init(startUnixSeconds: Int64, value: Double) {
        self.init(startUnixSeconds: startUnixSeconds, mean: value, min: value, max: value, count: 1)
    }

    /// Whether it is one that can be kept: of at least one value, all numbers finite, and from 1970 to the year 36812.
    var isUsable: Bool {
        count > 0 && mean.isFinite && min.isFinite && max.isFinite && (0..<(1 << 40)).contains(startUnixSeconds)
    }

    /// Takes the values behind `other` as well; the start stays.
    public mutating func merge(_ other: HistoryPoint) {
        let (sum, overflow) = count.addingReportingOverflow(other.count)
        let total = overflow ? UInt32.max : sum
        mean += (other.mean - mean) * (Double(other.count) / (Double(count) + Double(other.count)))
        min = Swift.min(min, other.min)
        max = Swift.max(max, other.max)
        count = total
    }
}

/// A point of one series, on its way into the history.
public struct HistoryReading: Hashable, Sendable {
    /// The series.
    public var series: SeriesNumber
    /// The point.
    public var point: HistoryPoint

    /// `point` of `series`.
    public init(series: SeriesNumber, point: HistoryPoint) {
        self.series = series
        self.point = point
    }
}
