import Foundation
import GRDB

/// The history's tables in SQLite: opened, written in whole transactions, and read.
///
/// Of SQLite's promises these are used: in WAL mode a transaction that has returned is there after the process is killed,
/// whole; one that has not is not there at all. With synchronous = NORMAL a power loss may take the last seconds with it,
/// never the database.
final class HistoryDatabase: Sendable {
    /// Pages large enough that a few chunks fit on one: less is lost at their ends.
    private static let pageBytes = 16_384
    /// The write-ahead log is emptied into the database when it has so many pages.
    private static let logPages = 256
    /// Readers at once; further ones wait.
    private static let readers = 2

    let path: String
    let plan: TierPlan
    /// The database's number of each tier of the plan.
    let tierIDs: [Int64]
    let pool: DatabasePool

    /// Opens the database at `path`, making it if it is not there. `mostPages` bounds its size for tests of a full disk.
    /// Throws `StoreError` naming the path.
    init(path: String, plan: TierPlan, unixSeconds now: Int64, mostPages: Int? = nil) throws(StoreError) {
        self.path = path
        self.plan = plan
        var configuration = Configuration()
        configuration.maximumReaderCount = Self.readers
        configuration.prepareDatabase { database in
            guard !database.configuration.readonly else { return }
            try database.execute(sql: "PRAGMA page_size = \(Self.pageBytes)")
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try database.execute(sql: "PRAGMA journal_size_limit = \(Self.logPages * Self.pageBytes)")
            if let mostPages { _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(mostPages)") }
        }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try Schema.migrate(pool, Schema.history, path: path)
            self.pool = pool
            tierIDs = try pool.write { try Self.enter(plan, at: now, into: $0) }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError("the history \(path) cannot be opened", because: error)
        }
    }

    /// The numbers of the plan's tiers. A tier that the plan does not have goes, with its points: nothing could show them.
    private static func enter(_ plan: TierPlan, at now: Int64, into database: Database) throws -> [Int64] {
        var known: [[Int64]: Int64] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT id, secondsPerPoint, blockSeconds FROM tier") {
            known[[row["secondsPerPoint"], row["blockSeconds"]]] = row["id"]
        }
        // A tier that comes to others has nothing of what was before it.
        let since = known.isEmpty ? 0 : now
        var ids: [Int64?] = []
        for entry in plan.entries {
            ids.append(known.removeValue(forKey: [entry.secondsPerPoint, Int64(entry.blockSeconds)]))
        }
        for id in known.values {
            let keys = ChunkKey.range(ofTier: id)
            try database.execute(
                sql: "DELETE FROM chunk WHERE key >= ? AND key < ?", arguments: [keys.lowerBound, keys.upperBound])
            try database.execute(sql: "DELETE FROM tail WHERE tier = ?", arguments: [id])
            try database.execute(sql: "DELETE FROM tier WHERE id = ?", arguments: [id])
        }
        var free = ChunkKey.tiers.filter { !ids.contains($0) }[...]
        var result: [Int64] = []
        for (entry, id) in zip(plan.entries, ids) {
            if let id {
                result.append(id)
            } else if let id = free.popFirst() {
                try database.execute(
                    sql: "INSERT INTO tier (id, secondsPerPoint, blockSeconds, droppedBefore) VALUES (?, ?, ?, ?)",
                    arguments: [id, entry.secondsPerPoint, entry.blockSeconds, since])
                result.append(id)
            }
        }
        return result
    }

    /// Runs `body` in a transaction. Throws `StoreError`; the database is then as it was.
    func write<Result>(_ what: String, _ body: (Database) throws -> Result) throws(StoreError) -> Result {
        do {
            return try pool.write(body)
        } catch {
            throw StoreError(sentence(what, error))
        }
    }

    /// Runs `body` on one state of the database. Throws `StoreError`.
    func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        do {
            return try pool.read(body)
        } catch {
            throw StoreError(sentence("reading", error))
        }
    }

    private func sentence(_ what: String, _ error: any Error) -> String {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL {
            return "\(what) the history \(path): its disk is full"
        }
        return "\(what) the history \(path): \(error)"
    }

    /// Brings what the write-ahead log has into the database once it is long enough, as far as readers let it. That waits
    /// for the disk, so nobody else should wait for it.
    func checkpoint() throws(StoreError) {
        do {
            try pool.writeWithoutTransaction { database in
                let size = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
                guard size >= Self.logPages * Self.pageBytes else { return }
                _ = try database.checkpoint(.passive)
            }
        } catch {
            throw StoreError(sentence("writing", error))
        }
    }

    /// The bytes of the pages that are in use.
    static func usedBytes(_ database: Database) throws -> Int {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        return (pages - free) * (try Int.fetchOne(database, sql: "PRAGMA page_size") ?? Self.pageBytes)
    }
}
