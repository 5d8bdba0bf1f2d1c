import CLinux
import Foundation
import KernelFiles
import Measures
import Testing

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The real kernel, by events that every Linux counts. They are left out where a filter or missing privilege forbids
/// perf_event_open.
struct KernelPerfTests {
    /// linux/perf_event.h, enum perf_sw_ids
    private static let cpuClock = PerfRequest.software(.timeStamp, 0)
    private static let contextSwitches = PerfRequest.software(.instructions, 3)

    private static let mayCount = (try? PerfGroup([cpuClock], cpu: online()[0], door: KernelPerfDoor())) != nil

    private static func online() -> [Int] { (try? ProcessorTopology.onlineCPUs(sysfs: "/sys")) ?? [0] }

    @Test(.enabled(if: mayCount))
    func groupOnEveryCPUCountsTimeAsTheClockDoes() throws {
        let door = KernelPerfDoor()
        let time = SystemTime()
        var words: [UInt64] = Array(repeating: 0, count: 8)
        for cpu in Self.online() {
            var group = try PerfGroup([Self.cpuClock, Self.contextSwitches], cpu: cpu, door: door)
            defer { group.close() }
            #expect(group.members.count == 2)
            let before = time.now
            #expect(group.read(into: &words) == .counted)
            let first = (time.now, group.totals)
            while time.now.nanoseconds(since: first.0) < 20_000_000 { sched_yield() }
            let last = time.now
            #expect(group.read(into: &words) == .counted)
            let after = time.now
            // The event's clock and the monotonic one are steered apart by NTP, by less than a thousandth.
            let counted = group.totals[0] - first.1[0]
            #expect(counted >= last.nanoseconds(since: first.0) / 1000 * 999)
            #expect(counted <= after.nanoseconds(since: before) / 1000 * 1001)
        }
    }

    @Test(.enabled(if: mayCount))
    func contextSwitchesOfAllCPUsTogetherIncludeOurOwn() throws {
        let door = KernelPerfDoor()
        var words: [UInt64] = Array(repeating: 0, count: 8)
        let opened = PerfGroup.open(Self.online().map { ($0, [Self.contextSwitches]) }, door: door)
        #expect(opened.refusals.isEmpty)
        var groups = opened.groups
        defer { for group in groups { group.close() } }
        // Each poll of nothing puts this thread to sleep, which is a switch on whatever CPU it runs.
        for _ in 0..<20 { poll(nil, 0, 1) }
        var switches: UInt64 = 0
        for index in groups.indices {
            _ = groups[index].read(into: &words)
            switches += groups[index].totals[0]
        }
        #expect(switches >= 20)
    }

    @Test(.enabled(if: mayCount))
    func eventsThatDoNotExistAreRefusedByTheirErrno() throws {
        let door = KernelPerfDoor()
        let cpu = Self.online()[0]
        #expect(throws: PerfErrno(number: ENOENT)) {
            try door.open(PerfEventCode(type: 1, config: 1 << 40), cpu: cpu, leader: nil, flags: [])
        }
        #expect(throws: PerfErrno(number: ENOENT)) {
            try door.open(PerfEventCode(type: 1_000_000, config: 0), cpu: cpu, leader: nil, flags: [])
        }
        #expect(throws: PerfErrno(number: EINVAL)) {
            try door.open(Self.cpuClock.code, cpu: 1_000_000, leader: nil, flags: [])
        }
        var words: [UInt64] = Array(repeating: 0, count: 3)
        let handle = try door.open(Self.cpuClock.code, cpu: cpu, leader: nil, flags: [])
        #expect(throws: PerfErrno(number: ENOSPC)) { try door.read(handle, into: &words) }
        door.close(handle)
        #expect(throws: PerfErrno(number: EBADF)) { try door.read(handle, into: &words) }
    }

    @Test(.enabled(if: mayCount))
    func groupCountsOnlyFromWhenItIsEnabled() throws {
        let door = KernelPerfDoor()
        let cpu = Self.online()[0]
        var words: [UInt64] = Array(repeating: 0, count: 5)
        let leader = try door.open(Self.cpuClock.code, cpu: cpu, leader: nil, flags: .disabled)
        let member = try door.open(Self.contextSwitches.code, cpu: cpu, leader: leader, flags: [])
        defer {
            door.close(member)
            door.close(leader)
        }
        #expect(try door.read(leader, into: &words) == 40)
        #expect(words == [2, 0, 0, 0, 0])
        try door.enable(leader)
        #expect(try door.read(leader, into: &words) == 40)
        #expect(words[0] == 2 && words[1] > 0 && words[1] == words[2] && words[3] > 0)
    }

    @Test(.enabled(if: mayCount && PerfPMU.discover(sysfs: "/sys").contains { $0.encode(event: "tsc") != nil }))
    func timeStampCountsInAGroupOfOtherEvents() throws {
        let msr = try #require(PerfPMU.discover(sysfs: "/sys").first { $0.name == "msr" })
        let requests = PerfCoreEvents(nil, core: nil, msr: msr).requests
        #expect(requests.first?.quantity == .timeStamp)
        var words: [UInt64] = Array(repeating: 0, count: 8)
        for cpu in Self.online() {
            var group = try PerfGroup([Self.cpuClock] + requests, cpu: cpu, door: KernelPerfDoor())
            defer { group.close() }
            let index = try #require(group.members.firstIndex { $0.name == "msr/tsc/" })
            #expect(group.read(into: &words) == .counted)
            let first = group.totals
            while group.totals[0] - first[0] < 10_000_000 { #expect(group.read(into: &words) == .counted) }
            // Time stamps tick once a nanosecond at least, and not ten times.
            let ticks = group.totals[index] - first[index]
            #expect(ticks > 10_000_000 && ticks < 10 * (group.totals[0] - first[0]))
        }
    }

    @Test(.enabled(if: mayCount && PerfPMU.discover(sysfs: "/sys").contains { $0.encode(event: "tsc") != nil }))
    func sourceReadsTheTimeStampOfEveryCPU() throws {
        let time = SystemTime()
        let layout = FrameLayout(topology: ProcessorTopology(online: Self.online(), sysfs: "/sys"))
        var source = PerfSource(layout: layout, roots: KernelRoots(), processor: ProcessorDescription(signature: nil))
        defer { source.close() }
        source.claim(CounterDemand(everythingFor: layout), now: time.now)
        var frames = [CounterFrame(rowCount: layout.rowCount), CounterFrame(rowCount: layout.rowCount)]
        for index in frames.indices {
            frames[index].clear(takenAt: time.now)
            source.read(QuantitySet([.timeStamp]), into: &frames[index])
        }
        for row in 0..<layout.rowCount {
            let (first, second) = (try #require(frames[0][row, .timeStamp]), try #require(frames[1][row, .timeStamp]))
            #expect(second > first)
        }
        for package in layout.topology.packages {
            let reader = try #require(layout.topology.reader(ofPackage: package))
            let (row, own) = (try #require(layout.row(ofPackage: package)), layout.row(ofCPU: reader.number))
            #expect(frames[1][row, .timeStamp] == frames[1][try #require(own), .timeStamp])
        }
        #expect(source.reads == 2 * layout.topology.cpus.count)
        #expect(source.failedReads == 0)
    }

    @Test func processorAnswersTheLeavesItHasAndNoOthers() {
        var registers: [UInt32] = [0, 0, 0, 0]
        #if arch(x86_64)
            #expect(reeve_cpuid(0, 0, &registers) == 0)
            let highest = registers[0]
            #expect(highest >= 1)
            let vendor = [registers[1], registers[3], registers[2]]
                .flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
            let text = KernelText.contents("/proc/cpuinfo") ?? ""
            #expect(text.contains(": \(String(decoding: vendor, as: UTF8.self))\n"))
            #expect(reeve_cpuid(highest, 0, &registers) == 0)
            #expect(reeve_cpuid(highest + 1, 0, &registers) == -1)
            #expect(reeve_cpuid(0x3FFF_FFFF, 0, &registers) == -1)
            #expect(reeve_cpuid(0x8000_0000, 0, &registers) == 0)
            #expect(reeve_cpuid(registers[0] + 1, 0, &registers) == -1)
            #expect((reeve_cpuid(0x4000_0000, 0, &registers) == 0) == text.contains(" hypervisor"))
            #expect(reeve_cpuid(0x4FFF_FFFF, 0, &registers) == -1)
        #else
            #expect(reeve_cpuid(0, 0, &registers) == -1)
            #expect(registers == [0, 0, 0, 0])
        #endif
    }
}
