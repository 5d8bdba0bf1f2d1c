import Measures
import Testing

@testable import Containers

@Suite("Windows of use")
struct UsageWindowsTests {
    /// Readings at these milliseconds with this CPU time in milliseconds.
    private func windows(_ readings: [(at: UInt64, cpu: UInt64)]) -> UsageWindows {
        var windows = UsageWindows()
        for reading in readings { windows.add(self.reading(reading.at, reading.cpu)) }
        return windows
    }

    private func reading(
        _ at: UInt64, _ cpu: UInt64, memory: UInt64? = nil, throttled: UInt64? = nil
    ) -> UsageReading {
        UsageReading(
            takenAt: MonotonicInstant(nanoseconds: at * 1_000_000), cpuNanoseconds: cpu * 1_000_000,
            details: UsageReading.Details(workingSetBytes: memory, throttledPeriods: throttled))
    }

    @Test func `the first reading is a baseline and no window`() {
        var one = windows([(100, 5_000)])
        #expect(one.finish() == UsageWindows.Summary())
        var none = UsageWindows()
        #expect(none.finish() == UsageWindows.Summary())
    }

    @Test func `peak and mean in cores`() {
        var windows = windows([(0, 0), (100, 50), (200, 250), (300, 250)])
        #expect(windows.newestCores == 0)
        let summary = windows.finish()
        #expect(summary.windows == 3)
        #expect(summary.cpuCoresPeak == 2)
        #expect(summary.cpuCoresMean == 250.0 / 300.0)
        #expect(summary.throttledWindows == nil && summary.memoryPeakBytes == nil)
    }

    @Test func `a late reading makes a longer window over its true length`() {
        var windows = windows([(0, 0), (400, 100), (500, 200)])
        let summary = windows.finish()
        #expect(summary.windows == 2)
        #expect(summary.cpuCoresPeak == 1)
        #expect(summary.cpuCoresMean == 200.0 / 500.0)
    }

    @Test func `a counter set back costs its window only`() {
        var windows = windows([(0, 1_000), (100, 1_050), (200, 3), (300, 13)])
        let summary = windows.finish()
        #expect(summary.windows == 2 && summary.droppedWindows == 1)
        #expect(summary.cpuCoresPeak == 0.5)
        #expect(summary.cpuCoresMean == 60.0 / 200.0)
    }

    @Test func `two readings at one instant make no window`() {
        var windows = windows([(0, 0), (0, 10), (100, 60)])
        let summary = windows.finish()
        #expect(summary.windows == 1)
        #expect(summary.cpuCoresPeak == 0.5)
    }

    @Test func `an interval ends and the next begins with the newest reading`() {
        var windows = windows([(0, 0), (100, 100)])
        #expect(windows.finish().cpuCoresPeak == 1)
        windows.add(reading(200, 120))
        let second = windows.finish()
        #expect(second.windows == 1 && second.cpuCoresPeak == 0.2 && second.cpuCoresMean == 0.2)
        #expect(windows.finish() == UsageWindows.Summary())
    }

    @Test func `memory's peak is the largest reading, the first one too`() {
        var windows = UsageWindows()
        windows.add(reading(0, 0, memory: 500))
        windows.add(reading(100, 0, memory: 300))
        windows.add(reading(200, 0))
        #expect(windows.finish().memoryPeakBytes == 500)
        windows.add(reading(300, 0, memory: 200))
        #expect(windows.finish().memoryPeakBytes == 200)
    }

    @Test func `windows with throttling are counted where both ends can be read`() {
        var windows = UsageWindows()
        for (at, throttled) in [(0, 4), (1, 4), (2, 7), (3, nil), (4, 9), (5, 10), (6, 2)] as [(UInt64, UInt64?)] {
            windows.add(reading(at * 100, 0, throttled: throttled))
        }
        #expect(windows.finish().throttledWindows == 2)
        windows.add(reading(700, 0))
        #expect(windows.finish().throttledWindows == nil)
    }

    @Test func `details are wanted at an interval's first reading and after the container has run`() {
        var windows = UsageWindows()
        #expect(windows.needsDetails(cpuNanoseconds: 0))
        windows.add(reading(0, 0, memory: 5, throttled: 1))
        #expect(!windows.needsDetails(cpuNanoseconds: 0) && windows.needsDetails(cpuNanoseconds: 1_000_000))
        windows.add(UsageReading(takenAt: MonotonicInstant(nanoseconds: 100_000_000), cpuNanoseconds: 0))
        windows.add(reading(200, 1, memory: 7, throttled: 2))
        #expect(!windows.needsDetails(cpuNanoseconds: 1_000_000))
        let summary = windows.finish()
        // The window that nobody looked at closely is one in which nothing was held back.
        #expect(summary.windows == 2 && summary.throttledWindows == 1 && summary.memoryPeakBytes == 7)
        #expect(windows.needsDetails(cpuNanoseconds: 1_000_000))
        windows.add(UsageReading(takenAt: MonotonicInstant(nanoseconds: 300_000_000), cpuNanoseconds: 1_000_000))
        #expect(windows.finish().throttledWindows == 0)
    }

    @Test func `counters at the end of their range do no harm`() {
        var windows = UsageWindows()
        for round in 0..<6 {
            windows.add(
                UsageReading(
                    takenAt: MonotonicInstant(nanoseconds: UInt64(round)), cpuNanoseconds: round % 2 == 0 ? 0 : .max,
                    details: UsageReading.Details(workingSetBytes: .max, throttledPeriods: .max)))
        }
        let summary = windows.finish()
        #expect(summary.windows == 3 && summary.droppedWindows == 2 && summary.memoryPeakBytes == .max)
    }
}
