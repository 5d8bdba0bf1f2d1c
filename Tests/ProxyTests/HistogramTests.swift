import Testing

@testable import Proxy

@Suite("Latency histograms")
struct HistogramTests {
    @Test func `a bound belongs to the bucket below it`() throws {
        for power in 16..<38 {
            var histogram = LatencyHistogram()
            histogram.record(nanoseconds: 1 << UInt64(power))
            let bound = Double(UInt64(1) << UInt64(power)) * 1e-9
            #expect(histogram.seconds(atQuantile: 1) == bound)
            let bucket = try #require(histogram.buckets.first { $0.cumulativeCount == 1 })
            #expect(bucket.upperSeconds == bound)
        }
    }

    @Test func `a quantile is at most a quarter above the truth`() throws {
        for nanoseconds in [70_000, 1_000_000, 12_345_678, 999_999_999, 200_000_000_000] as [UInt64] {
            var histogram = LatencyHistogram()
            histogram.record(nanoseconds: nanoseconds)
            let seconds = try #require(histogram.seconds(atQuantile: 0.5))
            let truth = Double(nanoseconds) * 1e-9
            #expect(seconds >= truth && seconds <= truth * 1.25)
        }
    }

    @Test func `the least and the greatest have places, and histograms add up`() {
        var left = LatencyHistogram()
        left.record(nanoseconds: 0)
        var right = LatencyHistogram()
        right.record(nanoseconds: .max)
        left.merge(right)
        #expect(left.count == 2)
        #expect(left.buckets.first?.cumulativeCount == 1)
        #expect(left.buckets.last?.cumulativeCount == 2)
        #expect(left.buckets.last?.upperSeconds == .infinity)
        #expect(left.seconds(atQuantile: 0.5) == 65_536e-9)
        #expect(LatencyHistogram().seconds(atQuantile: 0.5) == nil)
    }
}
