import Foundation
import GRDB

/// The append-only record of what the coordinator decided, in SQLite.
///
/// Entries are never changed: the database itself refuses updates, and deletion of anything but whole days from the old
/// end. An entry whose `append` has returned is still there after the process is killed; with `Durability.full` also
/// after the machine loses power.
public final class Journal: Sendable {
    /// How far a returned `append` has got.
    public enum Durability: String, Sendable, CaseIterable {
        /// On the disk (SQLite's synchronous = FULL).
        case full
        /// In the kernel's hands (synchronous = NORMAL): safe from the process's death, not from the machine's.
        case normal
    }

    private static let secondsPerDay = 86_400.0
    private let database: DatabaseQueue
    private let path: String

    /// Opens the journal at `path`, making it if it is not there. Throws `StoreError` naming the path.
    public convenience init(path: String, durability: Durability = .full) throws(StoreError) {
        try self.init(path: path, durability: durability, mostPages: nil)
    }

    /// As the other; `mostPages` bounds the journal's size for tests of a full disk.
    package init(path: String, durability: Durability, mostPages: Int?) throws(StoreError) {
        self.path = path
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue.uppercased())")
            if let mostPages { _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(mostPages)") }
        }
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            try Schema.migrate(database, Self.migrator, path: path)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError("the journal \(path) cannot be opened", because: error)
        }
    }

    /// Opens the journal at `path` for reading alone, beside the coordinator that writes it; it must be there. Throws
    /// `StoreError` naming the path.
    public init(reading path: String) throws(StoreError) {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            guard try database.read(Self.migrator.hasCompletedMigrations) else {
                throw StoreError("it was written by an older version: start this version's coordinator on it once")
            }
        } catch {
            throw StoreError("the journal \(path) cannot be opened", because: error)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: entries") { database in
            try database.execute(
                sql: """
                    CREATE TABLE entry (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, writtenAt REAL NOT NULL, day INTEGER NOT NULL,
                        kind TEXT NOT NULL, version INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
                    CREATE INDEX entryOfKind ON entry (kind, sequence);
                    CREATE TRIGGER entryNeverChanges BEFORE UPDATE ON entry
                        BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END;
                    CREATE TABLE droppedDays (before INTEGER NOT NULL) STRICT;
                    CREATE TRIGGER entryStaysItsDay BEFORE DELETE ON entry
                        WHEN old.day >= (SELECT coalesce(max(before), 0) FROM droppedDays)
                        BEGIN SELECT RAISE(ABORT, 'only whole days are dropped'); END;
                    """)
        }
        return migrator
    }

    /// Adds an entry; returns its sequence. Throws `StoreError`, for example when the disk is full; the journal is then
    /// as it was.
    public func append(kind: String, version: Int, payload: [UInt8], writtenAtUnixSeconds: Double) throws(StoreError) -> Int64 {
        try attempt("writing") { database in
            try database.execute(
                sql: "INSERT INTO entry (writtenAt, day, kind, version, payload) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    writtenAtUnixSeconds, Self.day(of: writtenAtUnixSeconds), kind, version, Data(payload),
                ])
            return database.lastInsertedRowID
        }
    }

    /// The entries of `kind` after `sequence`, oldest first, at most `limit`. Throws `StoreError`.
    public func entries(kind: String, after sequence: Int64, limit: Int) throws(StoreError) -> [JournalRecord] {
        try fetch("WHERE kind = ? AND sequence > ? ORDER BY sequence LIMIT ?", [kind, sequence, limit])
    }

    /// The newest entries of `kind`, oldest first, at most `limit`. Throws `StoreError`.
    public func newest(kind: String, limit: Int) throws(StoreError) -> [JournalRecord] {
        try fetch("WHERE kind = ? ORDER BY sequence DESC LIMIT ?", [kind, limit]).reversed()
    }

    /// The entry of `kind` with this very sequence, nil when there is none. Throws `StoreError`.
    public func entry(kind: String, sequence: Int64) throws(StoreError) -> JournalRecord? {
        try fetch("WHERE kind = ? AND sequence = ?", [kind, sequence]).first
    }

    /// The sequence of the newest entry of `kind` that was written at `unixSeconds` or before; nil when there is none.
    /// Throws `StoreError`.
    public func newestSequence(kind: String, notAfterUnixSeconds unixSeconds: Double) throws(StoreError) -> Int64? {
        try attemptReading { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT sequence FROM entry WHERE kind = ? AND writtenAt <= ? ORDER BY sequence DESC LIMIT 1",
                arguments: [kind, unixSeconds])
        }
    }

    /// Drops whole days from the old end, by the wall clock's UTC days: every entry of a day before the one that
    /// `unixSeconds` lies in. Throws `StoreError`.
    public func dropDays(beforeUnixSeconds unixSeconds: Double) throws(StoreError) {
        try attempt("dropping days from") { database in
            let day = Self.day(of: unixSeconds)
            try database.execute(sql: "INSERT INTO droppedDays (before) VALUES (?)", arguments: [day])
            try database.execute(sql: "DELETE FROM entry WHERE day < ?", arguments: [day])
        }
    }

    private static func day(of unixSeconds: Double) -> Int64 { Int64((unixSeconds / secondsPerDay).rounded(.down)) }

    private func fetch(_ condition: String, _ arguments: StatementArguments) throws(StoreError) -> [JournalRecord] {
        try attemptReading { database in
            try Row.fetchAll(
                database, sql: "SELECT sequence, writtenAt, kind, version, payload FROM entry \(condition)",
                arguments: arguments
            ).map { row in
                JournalRecord(
                    sequence: row["sequence"], writtenAtUnixSeconds: row["writtenAt"], kind: row["kind"],
                    version: row["version"], payload: [UInt8](row["payload"] as Data))
            }
        }
    }

    private func attemptReading<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        do {
            return try database.read(body)
        } catch {
            throw StoreError("reading the journal \(path): \(error)")
        }
    }

    private func attempt<Result>(_ what: String, _ body: (Database) throws -> Result) throws(StoreError) -> Result {
        do {
            return try database.write(body)
        } catch {
            throw StoreError("\(what) the journal \(path): \(error)")
        }
    }
}
