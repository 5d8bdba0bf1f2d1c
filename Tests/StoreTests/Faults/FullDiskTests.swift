import Foundation
import GRDB
import Logging
import Measures
@testable import Store
import TestSupport
import Testing

/// A file system in memory of a few megabytes; only root can have one.
private final class SmallDisk {
    let folder: TemporaryFolder

    init(megabytes: Int) throws {
        folder = try TemporaryFolder()
        try #require(Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path]) == 0)
    }

    deinit { _ = try? Self.run("/bin/umount", ["-l", folder.path]) }

    /// Whether this process may mount.
    static let canBeHad: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        guard (try? run("/bin/mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path])) == 0 else { return false }
        return (try? run("/bin/umount", [folder.path])) == 0
    }()

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Takes all the room that is left.
    func fill() throws {
        let file = "\(folder.path)/filler"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        defer { try? handle.close() }
        for size in [65_536, 4_096, 1] {
            try handle.seekToEnd()
            while (try? handle.write(contentsOf: Data(repeating: 1, count: size))) != nil {}
        }
    }

    func makeRoom() throws { try FileManager.default.removeItem(atPath: "\(folder.path)/filler") }
}

@Suite("A store on a full disk", .timeLimit(.minutes(10)))
struct FullDiskTests {
    private static let ipc = HistoryStand.node("w01")

    @Test(.enabled(if: SmallDisk.canBeHad, "only root can mount a disk that is small"))
    func `the history stops and goes on by itself, and what waited is there`() throws {
        let disk = try SmallDisk(megabytes: 24)
        let stand = try HistoryStand(folder: disk.folder)
        for _ in 0..<50 { stand.second((0..<200).map { (HistoryStand.node("w\($0)"), stand.now / 7) }) }
        #expect(stand.history.status.state == .running)
        try disk.fill()
        var seconds = 50
        while stand.history.status.state == .running, seconds < 2_000 {
            stand.second((0..<200).map { (HistoryStand.node("w\($0)"), stand.now / 7) })
            seconds += 1
        }
        guard case .stopped(let reason, _) = stand.history.status.state else {
            Issue.record("it never stopped")
            return
        }
        #expect(reason.contains(stand.path))
        for _ in 0..<20 { stand.second([(HistoryStand.node("w1"), stand.now / 7)]) }
        seconds += 20
        #expect(stand.lines.all.filter { $0.contains("has stopped") }.count == 1, "\(stand.lines.all)")
        try disk.makeRoom()
        for _ in 0..<2 { stand.second([(HistoryStand.node("w1"), stand.now / 7)]) }
        seconds += 2
        #expect(stand.history.status.state == .running, "\(stand.history.status)")
        #expect(stand.history.status.droppedPoints == 0)
        #expect(try stand.points(HistoryStand.node("w1")).count == seconds)
        try stand.reopen()
        #expect(try stand.points(HistoryStand.node("w1")).count == seconds)
        #expect(try Self.integrity(stand.path) == ["ok"])
    }

    @Test(.enabled(if: SmallDisk.canBeHad, "only root can mount a disk that is small"))
    func `a database that finds no room when it is opened says that it is the disk`() throws {
        let disk = try SmallDisk(megabytes: 1)
        let path = "\(disk.folder.path)/journal.sqlite"
        try disk.fill()
        for open in [{ _ = try Journal(path: path) }, { _ = try HistoryStand(folder: disk.folder) }] {
            let error = #expect(throws: StoreError.self) { try open() }
            #expect(error?.isOfDisk == true && error?.description.contains(disk.folder.path) == true, "\(String(describing: error))")
        }
        try disk.makeRoom()
        _ = try Journal(path: path)
        let nowhere = #expect(throws: StoreError.self) { try Journal(path: "\(disk.folder.path)/none/journal.sqlite") }
        #expect(nowhere?.isOfDisk == false)
    }

    @Test(.enabled(if: SmallDisk.canBeHad, "only root can mount a disk that is small"))
    func `the journal says that it cannot take an entry, keeps those it has, and takes the next when there is room`() throws {
        let disk = try SmallDisk(megabytes: 8)
        let path = "\(disk.folder.path)/journal.sqlite"
        let journal = try Journal(path: path)
        var entries: [Int64] = []
        func append() throws {
            entries.append(
                try journal.append(
                    kind: "k", version: 1, payload: Array(repeating: 7, count: 10_000), writtenAtUnixSeconds: 0))
        }
        for _ in 0..<20 { try append() }
        try disk.fill()
        var failure: String?
        for _ in 0..<2_000 where failure == nil {
            do { try append() } catch { failure = "\(error)" }
        }
        let sentence = try #require(failure, "the disk was never full")
        #expect(sentence.contains(path))
        #expect(try journal.entries(kind: "k", after: 0, limit: .max).map(\.sequence) == entries)
        try disk.makeRoom()
        try append()
        #expect(try journal.entries(kind: "k", after: 0, limit: .max).map(\.sequence) == entries)
        #expect(try Self.integrity(path) == ["ok"])
    }

    private static func integrity(_ path: String) throws -> [String] {
        try DatabaseQueue(path: path).read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    }
}
