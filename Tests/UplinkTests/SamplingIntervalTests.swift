import Testing

@testable import Uplink

@Suite("The interval of an agent's samples")
struct SamplingIntervalTests {
    @Test func `it is the configured one until another is asked for`() {
        var interval = SamplingInterval(configuredMilliseconds: 500, nodes: 1)
        #expect(interval.milliseconds == 500)
        interval.order(10, by: 0)
        #expect(interval.milliseconds == 10)
        interval.order(60_000, by: 0)
        #expect(interval.milliseconds == 60_000)
        #expect(interval.nanoseconds == 60_000_000_000)
    }

    @Test func `of several nodes the one that is wanted most often decides`() {
        var interval = SamplingInterval(configuredMilliseconds: 500, nodes: 3)
        interval.order(2_000, by: 1)
        #expect(interval.milliseconds == 500)
        interval.order(100, by: 2)
        #expect(interval.milliseconds == 100)
        interval.order(3_000, by: 2)
        interval.order(4_000, by: 0)
        #expect(interval.milliseconds == 2_000)
    }
}
