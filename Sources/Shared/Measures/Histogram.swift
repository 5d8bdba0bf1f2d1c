/// How many of the recorded values lay at or below each of a few bounds, and their sum: what Prometheus calls a histogram. Its
/// size is that of its bounds, whatever is recorded.
public struct Histogram: Hashable, Sendable {
    /// The upper bounds, each larger than the one before; what lies above the last is counted, too.
    public let bounds: [Double]
    /// How many values lay above the bound before and at or below each bound; one more entry for what lay above the last.
    public private(set) var counts: [UInt64]
    /// The sum of all recorded values.
    public private(set) var sum = 0.0

    /// An empty histogram; `bounds` are brought into order, and only finite ones are taken.
    public init(bounds: [Double]) {
        self.bounds = Set(bounds.filter(\.isFinite)).sorted()
        counts = Array(repeating: 0, count: self.bounds.count + 1)
    }

    /// How many values were recorded.
    public var count: UInt64 { counts.reduce(0, +) }

    /// Counts `value`; what is no finite number is left out.
    public mutating func record(_ value: Double) {
        guard value.isFinite else { return }
        sum += value
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    }

    /// For each bound how many values lay at or below it, as Prometheus wants it; `count` stands for the rest.
    public var cumulativeCounts: [UInt64] {
        var total: UInt64 = 0
        return counts.dropLast().map { count in
            total += count
            return total
        }
    }
}
