import Foundation
import Measures
import Testing
import Topology

@testable import Containers

@Suite("The record of leases")
struct LeaseRecordTests {
    private let folder: URL
    private let record: LeaseRecord
    private var path: String { folder.appendingPathComponent("leases").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-record-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        record = LeaseRecord(path: folder.appendingPathComponent("leases").path, cgroupRoot: "/sys/fs/cgroup")
    }

    private static let leases = [
        RecordedLease(
            id: LeaseID(rawValue: 0xab), containerID: "c1",
            changes: [
                LimitChange(path: "/sys/fs/cgroup/a/cpu.max", previous: "max 100000\n", granted: "50000 100000\n"),
                LimitChange(path: "/sys/fs/cgroup/memory/a b/memory.limit_in_bytes", previous: "1\n", granted: "2"),
            ]),
        RecordedLease(id: LeaseID(rawValue: .max), containerID: "c2", changes: []),
    ]

    @Test func `what was stored is loaded`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(record.load().leases.isEmpty && record.load().unreadableLines == 0)
        try record.store(Self.leases)
        #expect(record.load().leases == Self.leases && record.load().unreadableLines == 0)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8).hasPrefix(
                "lease\t00000000000000ab\tc1\nlimit\t50000 100000\\n\tmax 100000\\n\t/sys/fs/cgroup/a/cpu.max\n"))
        try record.store([])
        #expect(record.load().leases.isEmpty)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test(arguments: [
        "/etc/passwd", "/etc/cpu.max", "/sys/fs/cgroup/../../etc/cpu.max", "/sys/fs/cgroup/a/../cpu.max",
        "/sys/fs/cgroup/a/cgroup.procs", "/sys/fs/cgroupx/cpu.max", "", "cpu.max", "/sys/fs/cgroup",
    ])
    func `a record cannot have another file written`(file: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try "lease\t0000000000000001\tc1\nlimit\t1\\n\t2\\n\t\(file)\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        #expect(record.load().leases.flatMap(\.changes).isEmpty)
        #expect(record.load().unreadableLines == 1)
    }

    @Test(arguments: [
        "limit\t1\t2\t/sys/fs/cgroup/cpu.max", "lease\t1\tc1", "lease\t+000000000000001\tc", "lease\t0000000000000001",
        "nonsense",
        "lease\t0000000000000001\tc\td", "\u{0}",
    ])
    func `a line that is none is passed over and counted`(line: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try (line + "\nlease\t00000000000000ff\tc2\n").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(record.load().leases.map(\.containerID) == ["c2"])
        #expect(record.load().unreadableLines == 1)
    }

    @Test func `any damage to the file leaves at most lines unread`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record.store(Self.leases)
        let original = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = SeededRandom(seed: 4, stream: "record")
        for _ in 0..<500 {
            var damaged = original
            for _ in 0..<3 { damaged[random.index(below: damaged.count)] = UInt8(truncatingIfNeeded: random.next()) }
            try damaged.write(to: URL(fileURLWithPath: path))
            for change in record.load().leases.flatMap(\.changes) { #expect(change.path.hasPrefix("/sys/fs/cgroup/")) }
        }
    }

    @Test func `a folder that cannot be written is named`() {
        defer { try? FileManager.default.removeItem(at: folder) }
        let record = LeaseRecord(path: folder.path + "/none/leases", cgroupRoot: "/")
        let error = #expect(throws: ContainerError.self) { try record.store([]) }
        #expect(error?.description.contains("none/leases") == true)
    }
}
