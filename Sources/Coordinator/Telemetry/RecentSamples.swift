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
    ///
    /// Where `periods` has an entry, the metric is read less often than each sample, and a value of it covers the time
    /// since the metric's value before it. Such a metric is waited for, too, unless none has come for three periods.
    func means(
        from start: MonotonicInstant, spanningNanoseconds span: UInt64, periods: [UInt64?]
    ) -> [Double?]? {
        var (sums, covered) = sums(from: start)
        guard covered > 0, covered >= span else { return nil }
        for (metric, period) in periods.enumerated() {
            guard let period else { continue }
            let slow = slowSum(of: metric, from: start)
            if slow.sum.count == 0, let last = slow.newestAt,
                (newestAt?.nanoseconds(since: last)).map({ $0 <= 3 * period }) ?? false
            {
                return nil
            }
            sums[metric] = slow.sum
        }
        return sums.map(\.mean)
    }

    /// The mean of each metric over the samples that began at or after `start`, however few they are.
    func newestMeans(from start: MonotonicInstant) -> [Double?] { sums(from: start).sums.map(\.mean) }

    private struct Sum {
        var total = 0.0
        var count = 0
        var mean: Double? { count == 0 ? nil : total / Double(count) }

        mutating func add(_ value: Double) {
            total += value
            count += 1
        }
    }

    private var newestAt: MonotonicInstant? { takenAt.isEmpty ? nil : takenAt[slot(takenAt.count - 1)] }

    /// Where the sample number `index` stands, counted from the oldest.
    private func slot(_ index: Int) -> Int { (oldest + index) % takenAt.count }

    private func value(_ metric: Int, at slot: Int) -> Double? {
        let value = values[slot * Self.metricCount + metric]
        return value.isNaN ? nil : value
    }

    /// What the samples that began at or after `start` add up to, and the nanoseconds that they cover.
    private func sums(from start: MonotonicInstant) -> (sums: [Sum], coveredNanoseconds: UInt64) {
        var sums = [Sum](repeating: Sum(), count: Self.metricCount)
        var covered: UInt64 = 0
        for index in stride(from: takenAt.count - 1, to: 0, by: -1) {
            let (slot, before) = (slot(index), slot(index - 1))
            guard takenAt[before] >= start else { break }
            covered += takenAt[slot].nanoseconds(since: takenAt[before])
            for metric in 0..<Self.metricCount {
                if let value = value(metric, at: slot) { sums[metric].add(value) }
            }
        }
        return (sums, covered)
    }

    /// What the values of `metric` add up to whose value before them was taken at or after `start`, and when the newest
    /// value of all was taken.
    private func slowSum(of metric: Int, from start: MonotonicInstant) -> (sum: Sum, newestAt: MonotonicInstant?) {
        var sum = Sum()
        var newestAt: MonotonicInstant?
        var waiting: Double?
        for index in stride(from: takenAt.count - 1, through: 0, by: -1) {
            let slot = slot(index)
            guard let value = value(metric, at: slot) else { continue }
            newestAt = newestAt ?? takenAt[slot]
            guard takenAt[slot] >= start else { break }
            if let waiting { sum.add(waiting) }
            waiting = value
        }
        return (sum, newestAt)
    }
}
