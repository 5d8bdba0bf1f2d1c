import Foundation
import Measures
import Testing
import Topology

@testable import Containers

/// The keeper over files that only look like the kernel's, where every fault can be made.
@Suite("Keeping leases")
struct LeaseKeeperTests {
    /// A fake tree with two containers in one pod, of 1 core and 256 MiB each, and what keeps leases on it.
    final class Setting {
        let tree: FakeTree
        let time = ManualTime(start: MonotonicInstant(nanoseconds: 1 << 40))
        let files = FaultyFiles()
        let sampler: ContainerSampler
        let paths: [String]
        let originals: [String: String]
        var keeper: LeaseKeeper?

        init(_ mounts: FakeTree.Mounts, podLimits: Bool = true) throws {
            let tree = try FakeTree(mounts)
            paths = try [1, 2].map { number in
                let path = try tree.makeContainer(number, pod: 9)
                try tree.setCPULimit(quota: 100_000, of: path)
                try tree.setMemoryLimit(256 << 20, of: path)
                try tree.setMemory(usage: 64 << 20, inactiveFile: 0, of: path)
                return path
            }
            if podLimits {
                try tree.setCPULimit(quota: 200_000, of: Self.pod)
                try tree.setMemoryLimit(512 << 20, of: Self.pod)
            }
            self.tree = tree
            originals = try Self.limits(in: tree, paths)
            sampler = try ContainerSampler(settings: tree.settings, time: time)
            sampler.sample()
        }

        static let pod = "kubepods/burstable/pod\(FakeTree.uid(9))"

        static func limits(in tree: FakeTree, _ paths: [String]) throws -> [String: String] {
            var texts: [String: String] = [:]
            for path in paths + [pod] {
                for file in [tree.quotaFile(of: path), tree.memoryLimitFile(of: path)] {
                    texts[file] = try tree.read(file)
                }
            }
            return texts
        }

        var limits: [String: String] {
            get throws { try Self.limits(in: tree, paths) }
        }

        var recordPath: String { tree.root.appendingPathComponent("record").path }

        /// Starts a keeper, after whatever the last one left.
        func start(enabled: Bool = true) throws {
            keeper = try LeaseKeeper(
                settings: LeaseSettings(
                    isEnabled: enabled, statePath: recordPath, memoryMarginBytes: 16 << 20, reclaimBytes: 32 << 20),
                cgroupRoot: tree.root.path, sampler: sampler, files: files, time: time)
        }

        func take(
            _ id: UInt64 = 1, container: Int = 1, cores: Double? = 0.5, memory: UInt64? = 128 << 20,
            seconds: UInt64 = 30
        ) {
            keeper?.take(
                LeaseRequest(
                    id: LeaseID(rawValue: id), containerID: FakeTree.id(container), cpuCores: cores,
                    memoryBytes: memory,
                    durationNanoseconds: seconds * 1_000_000_000))
        }

        func turn(afterMilliseconds milliseconds: UInt64) {
            time.advance(byNanoseconds: milliseconds * 1_000_000)
            keeper?.turn()
        }

        /// What happened since the last call: kinds and reasons.
        func events() -> [String] {
            (keeper?.takeEvents().events ?? []).map { event in
                "\(event.id.rawValue) \(event.kind)" + (event.reason.map { ": \($0)" } ?? "")
            }
        }

        var recorded: String { (try? String(contentsOfFile: recordPath, encoding: .utf8)) ?? "" }
    }

    @Test(arguments: FakeTree.Mounts.allCases)
    func `limits are lowered for the lease's time and given back byte for byte`(mounts: FakeTree.Mounts) throws {
        let setting = try Setting(mounts)
        try setting.start()
        setting.take()
        let (tree, path) = (setting.tree, setting.paths[0])
        #expect(try tree.read(tree.quotaFile(of: path)) == tree.quotaText(50_000))
        #expect(try tree.read(tree.memoryLimitFile(of: path)) == tree.memoryLimitText(128 << 20))
        #expect(setting.events() == ["1 granted"])
        #expect(setting.recorded.contains(path))
        setting.turn(afterMilliseconds: 29_999)
        #expect(try setting.limits != setting.originals)
        setting.turn(afterMilliseconds: 1)
        #expect(try setting.limits == setting.originals)
        #expect(setting.events() == ["1 ended: expired"])
        #expect(setting.recorded.isEmpty)
        #expect(setting.keeper?.deadline == nil)
    }

    @Test(arguments: FakeTree.Mounts.allCases)
    func `a raised limit raises the pod's, and both go back`(mounts: FakeTree.Mounts) throws {
        let setting = try Setting(mounts)
        try setting.start()
        setting.take(cores: 1.5, memory: 300 << 20)
        let tree = setting.tree
        #expect(try tree.read(tree.quotaFile(of: Setting.pod)) == tree.quotaText(250_000))
        #expect(try tree.read(tree.quotaFile(of: setting.paths[0])) == tree.quotaText(150_000))
        #expect(try tree.read(tree.memoryLimitFile(of: Setting.pod)) == tree.memoryLimitText(556 << 20))
        // Heavy use of what was given ends nothing.
        try tree.setCPU(nanoseconds: 9_000_000_000, throttled: 50, of: setting.paths[0])
        try tree.setMemory(usage: 299 << 20, inactiveFile: 0, of: setting.paths[0])
        setting.turn(afterMilliseconds: 100)
        #expect(setting.events() == ["1 granted"])
        setting.keeper?.end(LeaseID(rawValue: 1))
        #expect(try setting.limits == setting.originals)
        #expect(setting.events() == ["1 ended: returned"])
        // Raised first at the pod, given back first at the container: version 1 takes no other order.
        let quotas = setting.files.writes.map(\.path).filter { $0.hasSuffix("cpu.max") || $0.hasSuffix("quota_us") }
        #expect(quotas.map { $0.contains(setting.paths[0]) } == [false, true, true, false])
    }

    @Test(arguments: FakeTree.Mounts.allCases)
    func `use near the grant has the limit back at the next look`(mounts: FakeTree.Mounts) throws {
        let setting = try Setting(mounts)
        try setting.start()
        let (tree, path) = (setting.tree, setting.paths[0])
        setting.take()
        try tree.setCPU(nanoseconds: 20_000_000, of: path)
        setting.turn(afterMilliseconds: 20)
        #expect(setting.events() == ["1 granted"])
        try tree.setCPU(nanoseconds: 46_000_000, of: path)
        setting.turn(afterMilliseconds: 19)
        #expect(setting.events() == [])
        setting.turn(afterMilliseconds: 1)
        #expect(try setting.limits == setting.originals)
        #expect(setting.events() == ["1 ended: near grant"])

        setting.take(2)
        try tree.setCPU(nanoseconds: 46_000_000, throttled: 1, of: path)
        setting.turn(afterMilliseconds: 20)
        #expect(setting.events() == ["2 granted", "2 ended: near grant"])

        setting.take(3)
        try tree.setMemory(usage: 125 << 20, inactiveFile: 30 << 20, of: path)
        setting.turn(afterMilliseconds: 20)
        #expect(setting.events() == ["3 granted"], "page cache is not the owner's need")
        try tree.setMemory(usage: 125 << 20, inactiveFile: 5 << 20, of: path)
        setting.turn(afterMilliseconds: 20)
        #expect(setting.events() == ["3 ended: near grant"])
        #expect(try setting.limits == setting.originals)
    }

    @Test(arguments: FakeTree.Mounts.allCases)
    func `after a kill the successor gives everything back from the record`(mounts: FakeTree.Mounts) throws {
        let setting = try Setting(mounts)
        try setting.start()
        setting.take(1, container: 1)
        setting.take(2, container: 2, cores: 1.5, memory: nil)
        #expect(setting.events() == ["1 granted", "2 granted"])
        setting.keeper = nil
        #expect(try setting.limits != setting.originals)
        // Leases need not be enabled any more.
        try setting.start(enabled: false)
        #expect(try setting.limits == setting.originals)
        #expect(setting.events() == ["1 ended: recovered", "2 ended: recovered"])
        #expect(setting.recorded.isEmpty)
    }

    @Test func `a kill at any moment of granting or giving back leaves enough on record`() throws {
        // The kill comes before the n-th write: what stands in the files then, the successor must put back.
        for moment in 1...8 {
            let setting = try Setting(.unified)
            try setting.start()
            var frozen: (limits: [String: String], record: String)?
            var count = 0
            setting.files.beforeWrite = { [unowned setting] _ in
                count += 1
                if count == moment { frozen = (try? setting.limits).map { ($0, setting.recorded) } }
            }
            setting.take(cores: 1.5, memory: 300 << 20)
            setting.keeper?.end(LeaseID(rawValue: 1))
            let (limits, record) = try #require(frozen, "there are fewer writes than \(moment)")
            setting.files.beforeWrite = { _ in }
            setting.keeper = nil
            for (file, text) in limits { try setting.tree.write(text, file) }
            try record.write(toFile: setting.recordPath, atomically: true, encoding: .utf8)
            try setting.start()
            #expect(try setting.limits == setting.originals, "killed before write \(moment)")
        }
    }

    @Test func `a stop in order gives everything back`() throws {
        let setting = try Setting(.separate)
        try setting.start()
        setting.take(1, container: 1)
        setting.take(2, container: 2)
        setting.keeper?.close()
        #expect(try setting.limits == setting.originals)
        #expect(setting.events() == ["1 granted", "2 granted", "1 ended: agent stopped", "2 ended: agent stopped"])
        #expect(setting.recorded.isEmpty)
    }

    @Test(arguments: FakeTree.Mounts.allCases)
    func `a limit that somebody else has set is noticed and left`(mounts: FakeTree.Mounts) throws {
        let setting = try Setting(mounts)
        try setting.start()
        let (tree, path) = (setting.tree, setting.paths[0])
        setting.take()
        try tree.setCPULimit(quota: 70_000, of: path)
        setting.turn(afterMilliseconds: 100)
        #expect(setting.events() == ["1 granted", "1 ended: changed elsewhere"])
        #expect(try tree.read(tree.quotaFile(of: path)) == tree.quotaText(70_000))
        #expect(try tree.read(tree.memoryLimitFile(of: path)) == tree.memoryLimitText(256 << 20), "the other goes back")

        // Set to what it was before: nothing is left to do, and nothing is wrong.
        setting.take(2, cores: 0.3, memory: nil)
        try tree.setCPULimit(quota: 70_000, of: path)
        setting.turn(afterMilliseconds: 30_000)
        #expect(setting.events() == ["2 granted", "2 ended: expired"])

        // Set behind the back of an agent that was killed.
        setting.take(3, cores: 0.3, memory: nil)
        setting.keeper = nil
        try tree.setCPULimit(quota: 60_000, of: path)
        try setting.start()
        #expect(setting.events() == ["3 ended: changed elsewhere"])
        #expect(try tree.read(tree.quotaFile(of: path)) == tree.quotaText(60_000))
    }

    @Test func `a container that is gone ends its lease, and its pod's limits go back`() throws {
        let setting = try Setting(.unified)
        try setting.start()
        setting.take(cores: 1.5, memory: nil)
        try setting.tree.removeContainer(setting.paths[0])
        setting.turn(afterMilliseconds: 100)
        #expect(setting.events() == ["1 granted", "1 ended: container gone"])
        let quota = setting.tree.quotaFile(of: Setting.pod)
        #expect(try setting.tree.read(quota) == setting.originals[quota])
        #expect(setting.recorded.isEmpty)
    }

    @Test func `a limit that cannot be written is not granted, and what was changed goes back`() throws {
        let setting = try Setting(.separate)
        try setting.start()
        setting.files.writeFaults = ["memory.limit_in_bytes": EBUSY]
        setting.take()
        let file = "\(setting.tree.root.path)/\(setting.tree.memoryLimitFile(of: setting.paths[0]))"
        #expect(
            setting.keeper?.takeEvents().events.map(\.sentence) == ["writing \(file) failed: Device or resource busy"])
        #expect(try setting.limits == setting.originals)
        #expect(setting.recorded.isEmpty && setting.keeper?.held.isEmpty == true)
    }

    @Test func `a limit that does not hold what was written is not granted, and not left`() throws {
        let setting = try Setting(.unified)
        try setting.start()
        setting.files.stubborn = ["50000 100000\n": "55000 100000\n"]
        setting.take(memory: nil)
        let events = try #require(setting.keeper?.takeEvents().events)
        #expect(events.map(\.kind) == [.refused])
        #expect(events.first?.sentence?.contains("held \"55000 100000\\n\" after") == true)
        #expect(try setting.limits == setting.originals)
    }

    @Test func `a limit that cannot be given back is tried again until it can`() throws {
        let setting = try Setting(.joined)
        try setting.start()
        setting.take(memory: nil, seconds: 1)
        setting.files.writeFaults = ["cpu.cfs_quota_us": EINVAL]
        setting.turn(afterMilliseconds: 1_000)
        for _ in 0..<5 { setting.turn(afterMilliseconds: 100) }
        #expect(setting.events() == ["1 granted", "1 delayed"])
        #expect(!setting.recorded.isEmpty)
        setting.files.writeFaults = [:]
        setting.turn(afterMilliseconds: 100)
        #expect(setting.events() == ["1 ended: expired"])
        #expect(try setting.limits == setting.originals)
    }

    @Test func `what a kill left and cannot be given back at once is tried again`() throws {
        let setting = try Setting(.unified)
        try setting.start()
        setting.take()
        setting.keeper = nil
        setting.files.writeFaults = ["memory.max": EBUSY]
        try setting.start()
        #expect(setting.events() == ["1 delayed"])
        #expect(!setting.recorded.isEmpty)
        setting.files.writeFaults = [:]
        setting.turn(afterMilliseconds: 100)
        #expect(setting.events() == ["1 ended: recovered"])
        #expect(try setting.limits == setting.originals)
    }

    @Test func `nothing is changed that cannot be recorded`() throws {
        let setting = try Setting(.unified)
        try setting.start()
        // A folder in the place of the new record.
        try FileManager.default.createDirectory(atPath: setting.recordPath + ".new", withIntermediateDirectories: false)
        setting.take()
        #expect(setting.keeper?.takeEvents().events.first?.sentence?.contains("cannot write the record") == true)
        #expect(try setting.limits == setting.originals)
        #expect(setting.files.writes.isEmpty)
    }

    @Test func `a second agent is kept away from the record`() throws {
        let setting = try Setting(.unified)
        try setting.start()
        setting.take()
        let other = try ContainerSampler(settings: setting.tree.settings, time: setting.time)
        let error = #expect(throws: ContainerError.self) {
            _ = try LeaseKeeper(
                settings: LeaseSettings(statePath: setting.recordPath), cgroupRoot: setting.tree.root.path,
                sampler: other,
                files: setting.files, time: setting.time)
        }
        #expect(error?.description.contains("another agent") == true)
        #expect(try setting.limits != setting.originals)
    }

    @Test func `events that nobody takes are bounded and counted`() throws {
        let setting = try Setting(.unified)
        try setting.start()
        for number in 0..<300 { setting.keeper?.end(LeaseID(rawValue: UInt64(number))) }
        let taken = try #require(setting.keeper?.takeEvents())
        #expect(taken.events.count == 256 && taken.dropped == 44)
        #expect(taken.events.last?.id == LeaseID(rawValue: 299))
        #expect(setting.keeper?.takeEvents().dropped == 0)
    }

    @Test func `while leases last, the next look is due soon`() throws {
        let setting = try Setting(.unified)
        try setting.start()
        #expect(setting.keeper?.deadline == nil)
        setting.turn(afterMilliseconds: 0)
        setting.take()
        #expect(setting.keeper?.deadline == setting.time.now.advanced(byNanoseconds: 20_000_000))
    }
}
