import Foundation
import Measures
import Testing
import Topology

@testable import Containers

@Suite("Watching containers")
struct ContainerWatchTests {
    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 1 << 40))

    private func leases(_ tree: FakeTree, enabled: Bool) -> LeaseSettings {
        LeaseSettings(isEnabled: enabled, statePath: tree.root.appendingPathComponent("record").path)
    }

    private func request(_ container: Int = 1) -> LeaseRequest {
        LeaseRequest(
            id: LeaseID(rawValue: 5), containerID: FakeTree.id(container), cpuCores: 0.5, memoryBytes: nil,
            durationNanoseconds: 1_000_000_000)
    }

    @Test func `windows are a hundred milliseconds apart, and looks closer while there are leases`() throws {
        let tree = try FakeTree(.unified)
        try tree.makeContainer(1)
        let watch = try ContainerWatch(settings: tree.settings, leases: leases(tree, enabled: true), time: time)
        let start = time.now
        #expect(watch.turn() == start.advanced(byNanoseconds: 100_000_000))
        watch.take(request())
        #expect(watch.held.map(\.id) == [LeaseID(rawValue: 5)])
        var turns = 0
        while time.now < start.advanced(byNanoseconds: 1_100_000_000) {
            let next = watch.turn()
            #expect(next > time.now)
            time.advance(byNanoseconds: next.nanoseconds(since: time.now))
            turns += 1
        }
        #expect(watch.report().containers.first?.windows == 10)
        #expect((50...61).contains(turns), "\(turns) turns")
        #expect(watch.takeEvents().events.map(\.kind) == [.granted, .ended])
        #expect(watch.held.isEmpty && watch.overruns == 0)
        #expect(try tree.read("\(tree.path(1, pod: 1))/cpu.max") == "max 100000\n")
    }

    @Test func `windows that were missed are skipped and counted`() throws {
        let tree = try FakeTree(.unified)
        try tree.makeContainer(1)
        let watch = try ContainerWatch(settings: tree.settings, leases: leases(tree, enabled: false), time: time)
        let start = time.now
        _ = watch.turn()
        time.advance(byNanoseconds: 350_000_000)
        #expect(watch.turn() == start.advanced(byNanoseconds: 400_000_000))
        #expect(watch.overruns == 2)
        #expect(watch.report().containers.first?.windows == 1)
    }

    @Test func `where leases are not enabled nothing is written and every request refused`() throws {
        let tree = try FakeTree(.unified)
        try tree.makeContainer(1)
        let watch = try ContainerWatch(settings: tree.settings, leases: leases(tree, enabled: false), time: time)
        _ = watch.turn()
        watch.take(request())
        watch.end(LeaseID(rawValue: 5))
        let events = watch.takeEvents().events
        #expect(events.map(\.kind) == [.refused, .refused])
        #expect(events.first?.sentence?.contains("not allowed to change limits") == true)
        #expect(watch.takeEvents().events.isEmpty && watch.held.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: tree.root.appendingPathComponent("record").path))
        #expect(try tree.read("\(tree.path(1, pod: 1))/cpu.max") == "max 100000\n")
    }

    @Test func `where leases are no longer enabled, what was lent is given back all the same`() throws {
        let tree = try FakeTree(.unified)
        try tree.makeContainer(1)
        var watch: ContainerWatch? = try ContainerWatch(
            settings: tree.settings, leases: leases(tree, enabled: true), time: time)
        _ = watch?.turn()
        watch?.take(request())
        watch = nil
        #expect(try tree.read("\(tree.path(1, pod: 1))/cpu.max") == "50000 100000\n")
        watch = try ContainerWatch(settings: tree.settings, leases: leases(tree, enabled: false), time: time)
        #expect(try tree.read("\(tree.path(1, pod: 1))/cpu.max") == "max 100000\n")
        watch?.take(request())
        #expect(watch?.takeEvents().events.map(\.kind) == [.ended, .refused])
    }
}
