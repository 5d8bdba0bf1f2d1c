import GRDB

/// A database as a file, whatever is in it: to be copied, looked over, and left alone while somebody uses it.
public enum DatabaseFile {
    /// Copies the database at `source` to the new file `target` as it is at one moment, while others may write it. Throws
    /// `StoreError` naming both.
    public static func copy(from source: String, to target: String) throws(StoreError) {
        do {
            var reading = Configuration()
            reading.readonly = true
            try DatabaseQueue(path: source, configuration: reading).backup(to: try DatabaseQueue(path: target))
        } catch {
            throw StoreError("copying the database \(source) to \(target): \(error)")
        }
    }

    /// Looks whether the database at `path` holds together (PRAGMA integrity_check). Throws `StoreError` saying what is wrong.
    public static func check(_ path: String) throws(StoreError) {
        do {
            var reading = Configuration()
            reading.readonly = true
            let found = try DatabaseQueue(path: path, configuration: reading).read { database in
                try String.fetchAll(database, sql: "PRAGMA integrity_check")
            }
            guard found == ["ok"] else { throw StoreError(found.joined(separator: "; ")) }
        } catch {
            throw StoreError("the database \(path) is damaged: \(error)")
        }
    }

    /// Whether somebody, this process or another, has the database at `path` open. Whoever has a database in WAL mode open
    /// holds a shared lock on it, so that an exclusive one is refused (SQLite, "Write-Ahead Logging", section 6). Throws
    /// `StoreError` when that cannot be found out.
    public static func isInUse(_ path: String) throws(StoreError) -> Bool {
        do {
            let database = try DatabaseQueue(path: path)
            try database.inDatabase { database in
                // Before the first access, so that no shared memory is used and the lock is the file's.
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                try database.execute(sql: "BEGIN EXCLUSIVE; ROLLBACK")
            }
            return false
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return true
        } catch {
            throw StoreError("the database \(path) cannot be opened: \(error)")
        }
    }
}
