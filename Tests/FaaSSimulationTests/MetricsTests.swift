@testable import FaaSSimulation
import Harvesting
import Measures
import Testing

@Suite("Metrics are right and bounded")
struct MetricsTests {
    @Test func `quantiles of a histogram are within 0.4 percent`() throws {
        var random = SeededRandom(seed: 1)
        var histogram = ValueHistogram()
        #expect(histogram.quantile(0.5) == nil && histogram.mean == nil)
        let values = (0..<20_000).map { _ in 1e-3 * (1 - random.uniform()) / (1 - random.uniform()) }
        for value in values { histogram.add(value) }
        let sorted = values.sorted()
        for share in [0.01, 0.25, 0.5, 0.98, 0.999] {
            let exact = sorted[Int((share * 20_000).rounded(.up)) - 1]
            let read = try #require(histogram.quantile(share))
            #expect(abs(read / exact - 1) <= 0.004, "the quantile \(share) is \(exact), read as \(read)")
        }
        #expect(histogram.quantile(0) == sorted.first)
        #expect(histogram.quantile(1) == sorted.last)
        let mean = try #require(histogram.mean)
        #expect(abs(mean / (values.reduce(0, +) / 20_000) - 1) < 1e-9)
    }

    @Test func `equal values are read back exactly, and extremes go to the outermost parts`() {
        var histogram = ValueHistogram()
        for value in [1.0, 1, 1] { histogram.add(value) }
        #expect(histogram.quantile(0.5) == 1)
        #expect(histogram.distribution.map(\.value) == [1])
        #expect(histogram.distribution.map(\.share) == [1])
        histogram.add(0)
        histogram.add(1e12)
        #expect(histogram.minimum == 0 && histogram.maximum == 1e12)
        #expect(histogram.quantile(0) == 0)
    }

    @Test func `sums over time stay whole while stretches double`() {
        var series = UtilisationSeries()
        var sums = ClusterSums()
        sums.allocated = Resources(millicores: 2_000, mebibytes: 100)
        sums.waiting = 3
        var random = SeededRandom(seed: 2)
        var now = 0.0
        for _ in 0..<5_000 {
            let next = now + 3 * random.uniform() * random.uniform()
            series.add(sums, from: now, to: next)
            now = next
        }
        series.add(sums, from: now, to: now + 10_000)
        now += 10_000
        #expect(series.endSeconds == now)
        #expect(series.stretches.count <= 512)
        #expect(Double(series.stretches.count) * series.stretchSeconds >= now)
        let total = series.stretches.reduce(0) { $0 + $1.allocatedCoreSeconds }
        #expect(abs(total / (2 * now) - 1) < 1e-9)
        let waiting = series.stretches.reduce(0) { $0 + $1.waitingSeconds }
        #expect(abs(waiting / (3 * now) - 1) < 1e-9)
        for stretch in series.stretches.dropLast() {
            #expect(abs(stretch.allocatedCoreSeconds - 2 * series.stretchSeconds) < 1e-6)
        }
    }

    @Test func `shares count calls by what they were given`() throws {
        var metrics = CallMetrics()
        let user = Resources(millicores: 4_000, mebibytes: 256)
        let calls = [(2_000, 256, 1.5), (4_000, 256, 1.0), (6_000, 192, 0.5), (8_000, 512, 0.5)]
        for (millicores, mebibytes, execution) in calls {
            metrics.record(
                InvocationRecord(
                    finished: FinishedInvocation(
                        function: FunctionIndex(0), sequence: 0, user: user,
                        allocated: Resources(millicores: millicores, mebibytes: mebibytes), peakUse: user,
                        waitSeconds: 1, executionSeconds: execution, completionSeconds: execution + 1,
                        baselineSeconds: 1, endSeconds: 9, safeguarded: false, succeeded: true),
                    demand: InvocationDemand(most: user, shortestSeconds: 1, slowdown: 5), wanted: user, server: 0,
                    coldStartSeconds: 0, wasCold: false, wasReclaimed: false, wasShrunk: false,
                    wasAcceleratedInFlight: false))
        }
        #expect(metrics.calls == 4)
        #expect(metrics.harvested == 2 && metrics.accelerated == 2 && metrics.harvestedAndAccelerated == 1)
        #expect(metrics.slower == 1 && metrics.faster == 2 && metrics.waited == 4)
        #expect(metrics.share(metrics.harvested) == 0.5)
        #expect(metrics.meanCPUShareHarvested == 0.5)
        #expect(metrics.meanMemoryShareHarvested == 0.25)
        #expect(metrics.relativeExecution.mean == 0.875)
        #expect(metrics.relativeExecutionOfHarvested.count == 2)
    }

    @Test func `a sample is bounded and every call is as likely in it`() throws {
        let workload = try Fixtures.workload(seed: 3, calls: 2_000, meanGapSeconds: 1)
        var hits = [Int](repeating: 0, count: 4)
        for seed in 0..<40 as Range<UInt64> {
            var cluster = try FaaSCluster(.init(servers: 6), functions: workload.functions)
            var stream = workload.stream()
            var manager = FixedManager()
            var sink = RecordPair(CallSample(size: 100, seed: seed), Records())
            cluster.serve(&stream, manager: &manager, sink: &sink)
            #expect(sink.first.calls.count == 100)
            #expect(sink.first.seen == 2_000 && sink.second.all.count == 2_000)
            #expect(Set(sink.first.calls.map(\.sequence)).count == 100)
            for call in sink.first.calls { hits[call.sequence / 500] += 1 }
        }
        // 4 000 draws over four quarters: a thousand each, with a standard deviation of 27.
        for count in hits { #expect(abs(count - 1_000) < 120) }
    }
}
