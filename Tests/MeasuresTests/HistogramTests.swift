import Measures
import Testing

@Suite("Histograms of fixed bounds")
struct HistogramTests {
    @Test func `a value at a bound belongs to it, and one above the last is counted, too`() {
        var histogram = Histogram(bounds: [2, 1])
        for value in [-1, 1, 1.5, 2, 3] { histogram.record(value) }
        #expect(histogram.bounds == [1, 2] && histogram.counts == [2, 2, 1])
        #expect(histogram.cumulativeCounts == [2, 4] && histogram.count == 5 && histogram.sum == 6.5)
    }

    @Test func `what is no finite number counts nowhere, and is no bound`() {
        var histogram = Histogram(bounds: [.infinity, 1, .nan, 1])
        for value in [Double.infinity, -.infinity, .nan] { histogram.record(value) }
        #expect(histogram.bounds == [1] && histogram.count == 0 && histogram.sum == 0)
    }

    @Test func `without bounds there is still a count and a sum`() {
        var histogram = Histogram(bounds: [])
        histogram.record(3)
        #expect(histogram.cumulativeCounts == [] && histogram.count == 1 && histogram.sum == 3)
    }
}
