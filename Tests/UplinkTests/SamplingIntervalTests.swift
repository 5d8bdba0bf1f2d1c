import Measures
import Testing

@testable import Uplink

@Suite("The interval of an agent's samples")
struct SamplingIntervalTests {
    @Test func `it is the configured one until another is asked for`() {
        var interval = SamplingInterval(configuredMilliseconds: 500, nodes: 1, budget: 0.01)
        #expect(interval.milliseconds == 500)
        interval.order(10, by: 0)
        #expect(interval.milliseconds == 10)
        interval.order(60_000, by: 0)
        #expect(interval.milliseconds == 60_000)
        #expect(interval.nanoseconds == 60_000_000_000)
    }

    @Test func `of several nodes the one that is wanted most often decides`() {
        var interval = SamplingInterval(configuredMilliseconds: 500, nodes: 3, budget: 0.01)
        interval.order(2_000, by: 1)
        #expect(interval.milliseconds == 500)
        interval.order(100, by: 2)
        #expect(interval.milliseconds == 100)
        interval.order(3_000, by: 2)
        interval.order(4_000, by: 0)
        #expect(interval.milliseconds == 2_000)
    }

    @Test func `a costly interval is lengthened, and another one that is asked for is tried as it is`() {
        var interval = SamplingInterval(configuredMilliseconds: 100, nodes: 2, budget: 0.01)
        #expect(interval.observe(cpuSeconds: 0, at: MonotonicInstant(nanoseconds: 0)) == nil)
        #expect(
            interval.observe(cpuSeconds: 0.1, at: MonotonicInstant(nanoseconds: 5_000_000_000)) == .lowered(share: 0.02))
        #expect(interval.milliseconds == 200 && interval.askedMilliseconds == 100)
        // What changes nothing about the interval asked for changes nothing about the one in force.
        interval.order(3_000, by: 1)
        #expect(interval.milliseconds == 200)
        interval.order(50, by: 0)
        #expect(interval.milliseconds == 50)
    }
}
