import Measures
import Testing

@testable import Uplink

@Suite("The agent's budget")
struct RateBudgetTests {
    private static let longest: UInt32 = 60_000
    private var budget = RateBudget(limit: 0.01)
    private var now = MonotonicInstant(nanoseconds: 1 << 40)
    private var cpuSeconds = 5.0

    /// Samples for so many seconds at `cost` seconds of processor time each, at whatever interval is left of 100 ms;
    /// returns the intervals that were changed to.
    private mutating func sample(seconds: Double, costing cost: Double) -> [UInt32] {
        var intervals: [UInt32] = []
        let end = now.advanced(byNanoseconds: UInt64(seconds * 1e9))
        while now < end {
            let interval = budget.interval(asked: 100, longest: Self.longest)
            now = now.advanced(byNanoseconds: UInt64(interval) * 1_000_000)
            cpuSeconds += cost
            if budget.observe(cpuSeconds: cpuSeconds, at: now, interval: interval, longest: Self.longest) != nil {
                intervals.append(budget.interval(asked: 100, longest: Self.longest))
            }
        }
        return intervals
    }

    @Test mutating func `what costs less than the budget changes nothing`() {
        #expect(sample(seconds: 600, costing: 0.000_9) == [])
    }

    @Test mutating func `the interval doubles until the cost fits, and stays there`() {
        // 1.2 % at 100 ms, 0.6 % at 200 ms: half the interval would cost too much again.
        #expect(sample(seconds: 3_600, costing: 0.001_2) == [200])
        // 9 % at 100 ms fits at 1600 ms.
        budget = RateBudget(limit: 0.01)
        #expect(sample(seconds: 3_600, costing: 0.009) == [200, 400, 800, 1_600])
    }

    @Test mutating func `one costly sample among cheap ones means nothing`() {
        #expect(sample(seconds: 30, costing: 0.000_1) == [])
        #expect(sample(seconds: 0.1, costing: 0.04) == [])
        #expect(sample(seconds: 30, costing: 0.000_1) == [])
    }

    @Test mutating func `the interval comes back step by step once the samples are cheap for a while`() {
        #expect(sample(seconds: 60, costing: 0.009) == [200, 400, 800, 1_600])
        // Cheap enough at once, but not for long enough yet.
        #expect(sample(seconds: 10, costing: 0.000_1) == [])
        #expect(sample(seconds: 120, costing: 0.000_1) == [800, 400, 200, 100])
        #expect(sample(seconds: 600, costing: 0.000_1) == [])
    }

    @Test mutating func `between the budget and what would allow a return nothing changes`() {
        #expect(sample(seconds: 60, costing: 0.001_2) == [200])
        // 0.4 % now, so half the interval would be forecast at 0.8 %: within the budget, but not well within.
        #expect(sample(seconds: 3_600, costing: 0.000_8) == [])
        // 0.375 % is just low enough.
        #expect(sample(seconds: 60, costing: 0.000_74) == [100])
    }

    @Test mutating func `it ends at the longest interval that is allowed`() {
        let intervals = sample(seconds: 7_200, costing: 10)
        #expect(intervals == [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000])
    }

    @Test mutating func `a first judgement needs two looks, and a clock that counts back is no cost`() {
        #expect(budget.observe(cpuSeconds: 9, at: now, interval: 100, longest: Self.longest) == nil)
        now = now.advanced(byNanoseconds: RateBudget.judgedNanoseconds)
        #expect(budget.observe(cpuSeconds: 1, at: now, interval: 100, longest: Self.longest) == nil)
        #expect(budget.doublings == 0)
    }
}
