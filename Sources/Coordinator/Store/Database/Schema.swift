import GRDB

/// How a database gets the form that this version writes.
enum Schema {
    /// Brings `database` at `path` to the newest form. Throws `StoreError` where a newer version of reeve has written it,
    /// and what SQLite throws.
    static func migrate(_ database: some DatabaseWriter, _ migrator: DatabaseMigrator, path: String) throws {
        guard try !database.read(migrator.hasBeenSuperseded) else {
            throw StoreError(
                "\(path) was written by a newer version of reeve: allowed here are forms up to "
                    + "\"\(migrator.migrations.last ?? "")\"; install that version, or put the file away")
        }
        try migrator.migrate(database)
    }

    /// The history's forms.
    static var history: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: tiers, series, chunks and tails") { database in
            try database.execute(
                sql: """
                    CREATE TABLE tier (
                        id INTEGER PRIMARY KEY, secondsPerPoint INTEGER NOT NULL, blockSeconds INTEGER NOT NULL) STRICT;
                    CREATE TABLE series (
                        number INTEGER PRIMARY KEY, metric TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
                        scope TEXT NOT NULL, UNIQUE (metric, kind, subject, scope)) STRICT;
                    CREATE TABLE chunk (key INTEGER PRIMARY KEY, through INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
                    CREATE TABLE tail (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, tier INTEGER NOT NULL, block INTEGER NOT NULL,
                        data BLOB NOT NULL) STRICT;
                    CREATE INDEX tailOfBlock ON tail (tier, block);
                    """)
        }
        // So that the series of a node that has gone can go, too, and each tier knows since when it has everything.
        migrator.registerMigration("2: when series were last written, what tiers have dropped") { database in
            try database.execute(
                sql: """
                    ALTER TABLE series ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE tier ADD COLUMN droppedBefore INTEGER NOT NULL DEFAULT 0;
                    """)
        }
        return migrator
    }
}
