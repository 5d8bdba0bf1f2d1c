import Foundation
import Measures
import Testing
import Topology

@testable import Containers

/// Against the kernel's own control groups, which alone can tell whether the files mean what the fake trees say.
@Suite(
    "Control groups of this machine", .serialized,
    .enabled(if: RealGroups.obstacle == nil, "\(RealGroups.obstacle ?? "")"))
struct RealGroupTests {
    private let groups: RealGroups

    init() throws { groups = try RealGroups() }

    private static let unlimitedMemory = "9223372036854771712\n"

    private func request(
        _ id: UInt64 = 1, container: Int = 1, cores: Double?, memory: UInt64? = nil, milliseconds: UInt64 = 60_000
    ) -> LeaseRequest {
        LeaseRequest(
            id: LeaseID(rawValue: id), containerID: FakeTree.id(container), cpuCores: cores, memoryBytes: memory,
            durationNanoseconds: milliseconds * 1_000_000)
    }

    /// Turns `watch` as its service would, until `condition` holds; fails when it does not within a generous minute.
    private func turn(_ watch: ContainerWatch, until condition: () throws -> Bool) throws {
        let clock = SystemTime()
        let deadline = clock.now.advanced(byNanoseconds: 60_000_000_000)
        while try !condition() {
            try #require(clock.now < deadline, "the condition did not come to hold within a minute")
            let wait = watch.turn().nanoseconds(since: clock.now)
            usleep(UInt32(min(wait, 20_000_000) / 1_000))
        }
    }

    /// Turns `watch` until an event with this reason came; returns its kinds and reasons up to then.
    private func events(of watch: ContainerWatch, until reason: LeaseEvent.Reason) throws -> [String] {
        var events: [LeaseEvent] = []
        try turn(watch) {
            events += watch.takeEvents().events
            return events.contains { $0.reason == reason }
        }
        return events.map { "\($0.kind)" + ($0.reason.map { ": \($0)" } ?? "") }
    }

    @Test func `a busy container's CPU time, memory and throttling are seen`() throws {
        try groups.makeContainer(1)
        try groups.setQuota(20_000, of: groups.path(1))
        let owner = try groups.startOwner(in: 1)
        let watch = try groups.watch()
        owner.spin()
        var usage: ContainerUsage?
        try turn(watch) {
            usage = watch.report().containers.first
            return (usage?.throttledWindows ?? 0) > 0
        }
        let seen = try #require(usage)
        #expect((seen.cpuCoresPeak ?? 0) > 0 && (seen.cpuCoresMean ?? 0) > 0 && (seen.memoryPeakBytes ?? 0) > 0)
        #expect(seen.cpuLimit == .cores(0.2) && seen.memoryLimit == .unlimited)
        #expect(seen.containerID == FakeTree.id(1) && seen.podUID == FakeTree.uid(1))
    }

    @Test func `an owner that becomes busy has its limit back`() throws {
        try groups.makeContainer(1)
        let owner = try groups.startOwner(in: 1)
        let watch = try groups.watch()
        _ = watch.turn()
        watch.take(request(cores: 0.3))
        #expect(try groups.quota(of: groups.path(1)) == "30000\n")
        owner.spin()
        #expect(try events(of: watch, until: .nearGrant) == ["granted", "ended: near grant"])
        #expect(try groups.quota(of: groups.path(1)) == "-1\n")
    }

    @Test func `limits of CPU and memory are back when the lease ends`() throws {
        try groups.makeContainer(1)
        try groups.setQuota(150_000, of: groups.path(1))
        _ = try groups.startOwner(in: 1)
        let watch = try groups.watch()
        _ = watch.turn()
        watch.take(request(cores: 0.5, memory: 200_000_000, milliseconds: 300))
        #expect(try groups.quota(of: groups.path(1)) == "50000\n")
        // The kernel rounds down to whole pages.
        #expect(try groups.memoryLimit(of: groups.path(1)) == "199999488\n")
        #expect(try events(of: watch, until: .expired) == ["granted", "ended: expired"])
        #expect(try groups.quota(of: groups.path(1)) == "150000\n")
        #expect(try groups.memoryLimit(of: groups.path(1)) == Self.unlimitedMemory)
    }

    @Test func `a quota above the pod's is raised with it, which the kernel would refuse alone`() throws {
        try groups.makeContainer(1)
        try groups.setQuota(50_000, of: groups.pod(1))
        try groups.setQuota(50_000, of: groups.path(1))
        #expect(throws: LimitFileError.self) { try groups.setQuota(80_000, of: groups.path(1)) }
        let watch = try groups.watch()
        _ = watch.turn()
        watch.take(request(cores: 0.8))
        #expect(try groups.quota(of: groups.path(1)) == "80000\n" && groups.quota(of: groups.pod(1)) == "80000\n")
        watch.end(LeaseID(rawValue: 1))
        #expect(try groups.quota(of: groups.path(1)) == "50000\n" && groups.quota(of: groups.pod(1)) == "50000\n")
    }

    @Test func `a quota that the kernel refuses is not granted`() throws {
        try groups.makeContainer(1)
        let watch = try groups.watch()
        _ = watch.turn()
        // The group above the pod's is nobody's to raise.
        let level = String(groups.pod(1)[..<(groups.pod(1).lastIndex(of: "/") ?? groups.pod(1).endIndex)])
        try groups.setQuota(60_000, of: level)
        watch.take(request(cores: 0.8))
        let event = try #require(watch.takeEvents().events.first)
        #expect(event.kind == .refused && event.sentence?.contains("Invalid argument") == true)
        #expect(try groups.quota(of: groups.path(1)) == "-1\n")
    }

    @Test func `after a kill the successor gives everything back`() throws {
        for number in 1...3 { try groups.makeContainer(number, pod: number) }
        var watch: ContainerWatch? = try groups.watch()
        _ = watch?.turn()
        for number in 1...3 {
            watch?.take(request(UInt64(number), container: number, cores: 0.3, memory: 100 << 20))
        }
        #expect(watch?.takeEvents().events.map(\.kind) == [.granted, .granted, .granted])
        // Dropped without `close`, as a killed agent leaves it.
        watch = nil
        #expect(try groups.quota(of: groups.path(2, pod: 2)) == "30000\n")
        watch = try groups.watch()
        for number in 1...3 {
            #expect(try groups.quota(of: groups.path(number, pod: number)) == "-1\n")
            #expect(try groups.memoryLimit(of: groups.path(number, pod: number)) == Self.unlimitedMemory)
        }
        #expect(watch?.takeEvents().events.map(\.reason) == [.recovered, .recovered, .recovered])
    }

    @Test func `a container that is gone is dropped and ends its lease`() throws {
        try groups.makeContainer(1)
        try groups.makeContainer(2)
        let watch = try groups.watch()
        _ = watch.turn()
        watch.take(request(cores: 0.3))
        groups.removeContainer(1)
        #expect(try events(of: watch, until: .containerGone) == ["granted", "ended: container gone"])
        try turn(watch) { watch.report().containers.map(\.containerID) == [FakeTree.id(2)] }
        #expect(watch.held.isEmpty)
    }
}
