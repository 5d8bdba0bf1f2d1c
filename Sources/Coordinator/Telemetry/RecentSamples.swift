import Measures
import Topology

/// The newest samples of the scheduling metrics, in a ring: what windows are averaged from.
struct RecentSamples: Sendable {
    private let capacity: Int
    private static let metricCount = Metric.schedulingState.count

    private var takenAt: [MonotonicInstant] = []
    /// Sample after sample; NaN stands for absent in here alone, and no NaN is ever taken in.
    private var values: [Double] = []
    private var oldest = 0

    /// Holds nothing yet, and later the newest `capacity` samples.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Forgets all samples.
    mutating func removeAll() { self = RecentSamples(capacity: capacity) }

    /// The newest value of each metric.
    var newest: [Double?] {
        guard !takenAt.isEmpty else { return [Double?](repeating: nil, count: Self.metricCount) }
        let slot = (oldest + takenAt.count - 1) % takenAt.count
        return values[slot * Self.metricCount..<(slot + 1) * Self.metricCount].map { $0.isNaN ? nil : $0 }
    }

    /// Adds a sample whose metric number i has the value `value(i)`.
    mutating func append(takenAt instant: MonotonicInstant, value: (Int) -> Double?) {
        if takenAt.count < capacity {
            takenAt.append(instant)
            for metric in 0..<Self.metricCount { values.append(value(metric) ?? .nan) }
        } else {
            takenAt[oldest] = instant
            for metric in 0..<Self.metricCount { values[oldest * Self.metricCount + metric] = value(metric) ?? .nan }
            oldest = (oldest + 1) % capacity
        }
    }

    /// The mean of each metric over the samples that began at or after `start`, or nil when they do not span so many
    /// nanoseconds yet. A sample covers the time since the one before it; a metric that is absent in all of the samples
    /// has no mean.
    func means(from start: MonotonicInstant, spanningNanoseconds span: UInt64) -> [Double?]? {
        var sums = [Double](repeating: 0, count: Self.metricCount)
        var counts = [Int](repeating: 0, count: Self.metricCount)
        var covered: UInt64 = 0
        var found = false
        var index = takenAt.count - 1
        while index > 0 {
            let slot = (oldest + index) % takenAt.count
            let before = (oldest + index - 1) % takenAt.count
            guard takenAt[before] >= start else { break }
            found = true
            covered += takenAt[slot].nanoseconds(since: takenAt[before])
            for metric in 0..<Self.metricCount where !values[slot * Self.metricCount + metric].isNaN {
                sums[metric] += values[slot * Self.metricCount + metric]
                counts[metric] += 1
            }
            index -= 1
        }
        guard found, covered >= span else { return nil }
        return (0..<Self.metricCount).map { counts[$0] == 0 ? nil : sums[$0] / Double(counts[$0]) }
    }
}
