import Foundation
import GRDB
import Store
import Testing

/// A folder that goes with the test.
private final class Folder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-journal-\(UUID().uuidString)")
    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }
    var path: String { url.appendingPathComponent("journal.sqlite").path }
}

@Suite("The journal")
struct JournalTests {
    @Test func `entries come back in the order in which they were appended, by kind`() throws {
        let folder = try Folder()
        let journal = try Journal(path: folder.path)
        let first = try journal.append(kind: "decision", version: 1, payload: [1], writtenAtUnixSeconds: 10)
        _ = try journal.append(kind: "session", version: 1, payload: [9], writtenAtUnixSeconds: 11)
        let second = try journal.append(kind: "decision", version: 2, payload: [2, 3], writtenAtUnixSeconds: 12)
        #expect(try journal.entries(kind: "decision", after: 0, limit: 10).map(\.payload) == [[1], [2, 3]])
        #expect(try journal.entries(kind: "decision", after: first, limit: 10).map(\.sequence) == [second])
        #expect(try journal.newest(kind: "decision", limit: 1).map(\.version) == [2])
        #expect(try journal.entry(kind: "decision", sequence: first)?.writtenAtUnixSeconds == 10)
        #expect(try journal.entry(kind: "session", sequence: first) == nil)
    }

    @Test func `a journal opened again goes on where it stood`() throws {
        let folder = try Folder()
        let sequence = try Journal(path: folder.path).append(kind: "k", version: 1, payload: [], writtenAtUnixSeconds: 0)
        let again = try Journal(path: folder.path)
        #expect(try again.append(kind: "k", version: 1, payload: [], writtenAtUnixSeconds: 0) == sequence + 1)
    }

    @Test func `an entry cannot be changed or taken out`() throws {
        let folder = try Folder()
        _ = try Journal(path: folder.path).append(kind: "k", version: 1, payload: [1], writtenAtUnixSeconds: 0)
        let raw = try DatabaseQueue(path: folder.path)
        #expect(throws: DatabaseError.self) { try raw.write { try $0.execute(sql: "UPDATE entry SET version = 2") } }
        #expect(throws: DatabaseError.self) { try raw.write { try $0.execute(sql: "DELETE FROM entry") } }
    }

    @Test func `whole days are dropped and nothing of the day itself`() throws {
        let folder = try Folder()
        let journal = try Journal(path: folder.path)
        for seconds in [0.0, 86_399, 86_400, 100_000, 172_800] {
            _ = try journal.append(kind: "k", version: 1, payload: [], writtenAtUnixSeconds: seconds)
        }
        try journal.dropDays(beforeUnixSeconds: 100_000)
        #expect(try journal.entries(kind: "k", after: 0, limit: 10).map(\.writtenAtUnixSeconds) == [86_400, 100_000, 172_800])
    }

    @Test func `a path that cannot be opened is named`() {
        #expect {
            _ = try Journal(path: "/nonexistent/journal.sqlite")
        } throws: { error in
            "\(error)".contains("/nonexistent/journal.sqlite")
        }
    }
}
