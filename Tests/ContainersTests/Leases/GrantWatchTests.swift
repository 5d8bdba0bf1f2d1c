import Measures
import Testing
import Topology

@testable import Containers

@Suite("Watching a grant")
struct GrantWatchTests {
    /// A watch over half a core and 100 MiB, whose margin is 16 MiB.
    private func watch(cores: Double? = 0.5, memory: UInt64? = 100 << 20) throws -> GrantWatch {
        var subject = LeasePlanTests.subject()
        subject.workingSetBytes = 0
        subject.usageBytes = 0
        let request = LeaseRequest(
            id: LeaseID(rawValue: 1), containerID: "c", cpuCores: cores, memoryBytes: memory, durationNanoseconds: 1)
        let plan = try LeasePlan(request, of: subject, settings: LeasePlanTests.settings, pageBytes: 4_096)
        return GrantWatch(plan, settings: LeasePlanTests.settings)
    }

    private func use(
        _ at: UInt64, cpu: UInt64? = nil, throttled: UInt64? = nil, memory: UInt64? = nil
    ) -> LeaseUse {
        LeaseUse(
            takenAt: MonotonicInstant(nanoseconds: (1_000 + at) * 1_000_000),
            cpuNanoseconds: cpu.map { $0 * 1_000_000 },
            throttledPeriods: throttled, workingSetBytes: memory)
    }

    /// After which of these looks (milliseconds, CPU milliseconds) the use is near, nil for none.
    private func nearAt(_ looks: [(at: UInt64, cpu: UInt64)]) throws -> UInt64? {
        var watch = try watch()
        return looks.first { watch.sign(in: use($0.at, cpu: $0.cpu)) != nil }?.at
    }

    @Test func `a busy loop is noticed as soon as it has used the share of a window's grant`() throws {
        // 90 % of half a core over 100 ms are 45 ms of CPU time.
        #expect(try nearAt([(0, 0), (20, 20), (40, 40), (60, 50)]) == 60)
        #expect(try nearAt([(0, 0), (20, 20), (40, 44), (60, 44), (80, 44), (100, 44)]) == nil)
        #expect(try nearAt([(0, 0), (44, 44), (45, 45)]) == 45)
    }

    @Test func `the window slides`() throws {
        // 40 ms in one hundred and 40 in the next, but 45 within the hundred from 60 to 160.
        #expect(try nearAt([(0, 0), (60, 0), (80, 20), (100, 40), (120, 40), (140, 40), (160, 45), (180, 45)]) == 160)
        // The same work spread wider is not near.
        #expect(try nearAt((0...50).map { ($0 * 20, $0 * 8) }) == nil)
        #expect(try nearAt((0...50).map { ($0 * 20, $0 * 9) }) == 100)
    }

    @Test func `a late look is judged by the true time between`() throws {
        #expect(try nearAt([(0, 0), (400, 170)]) == nil)
        #expect(try nearAt([(0, 0), (400, 180)]) == 400)
    }

    @Test func `a counter set back starts the window anew`() throws {
        #expect(try nearAt([(0, 500), (20, 0), (40, 40), (60, 44), (80, 45)]) == 80)
    }

    @Test func `being throttled is near, having been before is not`() throws {
        var watch = try watch()
        #expect(watch.sign(in: use(0, cpu: 0, throttled: 7)) == nil)
        #expect(watch.sign(in: use(20, cpu: 0, throttled: 7)) == nil)
        #expect(watch.sign(in: use(40, cpu: 0)) == nil)
        #expect(watch.sign(in: use(60, cpu: 0, throttled: 8))?.contains("throttled at 0.5") == true)
    }

    @Test func `a working set near its limit is near, by share or by what is left`() throws {
        var watch = try watch(cores: nil)
        #expect(watch.sign(in: use(0, cpu: 0, throttled: 1, memory: 89 << 20)) == nil)
        #expect(watch.sign(in: use(1, cpu: 99, throttled: 9)) == nil)
        #expect(watch.sign(in: use(2, memory: 90 << 20))?.contains("working set") == true)
        // 84 of 90 MiB are 93 %; 39 of 44 MiB leave less than half of the margin.
        watch = try self.watch(cores: nil, memory: 44 << 20)
        #expect(watch.sign(in: use(0, memory: 36 << 20)) == nil)
        #expect(watch.sign(in: use(0, memory: 37 << 20)) != nil)
        #expect(watch.sign(in: use(0, memory: 99 << 20)) != nil)
        #expect(watch.isFar(usageBytes: 36 << 20) && !watch.isFar(usageBytes: 37 << 20))
    }

    @Test func `what was not lowered is not watched`() throws {
        var raised = try watch(cores: 2, memory: nil)
        #expect(!raised.needsCPU && !raised.needsMemory && raised.isFar(usageBytes: .max))
        #expect(raised.sign(in: use(0, cpu: 0, throttled: 0, memory: .max)) == nil)
        #expect(raised.sign(in: use(20, cpu: 9_000, throttled: 9, memory: .max)) == nil)
    }

    @Test func `looks closer together than any window do not pile up`() throws {
        var watch = try watch()
        for step in 0..<10_000 {
            let at = MonotonicInstant(nanoseconds: UInt64(step))
            #expect(watch.sign(in: LeaseUse(takenAt: at, cpuNanoseconds: 0)) == nil)
        }
        #expect("\(watch)".utf8.count < 16_384)
    }
}
