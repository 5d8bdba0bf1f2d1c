import Foundation
import GRDB

/// What goes into the database.
extension HistoryDatabase {
    /// What one turn of the writer writes.
    struct Turn: Sendable {
        var series: [(number: SeriesNumber, identity: SeriesIdentity)] = []
        var changes = OpenBlocks.Changes()
    }

    /// Writes all of `turn`, or nothing.
    func commit(_ turn: Turn) throws(StoreError) {
        try write("writing") { database in
            try self.insert(turn.series, into: database)
            let before = try Int64.fetchOne(database, sql: "SELECT coalesce(max(id), 0) FROM tail") ?? 0
            let ids = try self.insert(turn.changes.tails, into: database)
            for (key, number, chunk, tailCount) in turn.changes.chunks {
                let through = tailCount > 0 ? ids[tailCount - 1] : before
                try self.write(chunk, of: number, in: key, through: through, to: database)
            }
            let done = try database.cachedStatement(sql: "DELETE FROM tail WHERE tier = ? AND block = ?")
            for key in turn.changes.done { try done.execute(arguments: [self.tierIDs[key.tier], key.block]) }
        }
    }

    private func insert(
        _ series: [(number: SeriesNumber, identity: SeriesIdentity)], into database: Database
    ) throws {
        let insert = try database.cachedStatement(
            sql: "INSERT INTO series (number, metric, kind, subject, scope) VALUES (?, ?, ?, ?, ?)")
        for (number, identity) in series {
            let (kind, subject) = identity.subject.stored
            try insert.execute(arguments: [Int64(number.rawValue), identity.metric, kind, subject, identity.scope])
        }
    }

    /// Returns the rows' ids.
    private func insert(
        _ tails: [(key: BlockKey, records: TailRecords)], into database: Database
    ) throws -> [Int64] {
        let insert = try database.cachedStatement(sql: "INSERT INTO tail (tier, block, data) VALUES (?, ?, ?)")
        var ids: [Int64] = []
        for (key, records) in tails {
            try insert.execute(arguments: [tierIDs[key.tier], key.block, Data(records.bytes)])
            ids.append(database.lastInsertedRowID)
        }
        return ids
    }

    /// Writes a chunk; one that is there already is merged with it, as when its series fell silent before its block was
    /// over.
    private func write(
        _ chunk: Chunk, of number: SeriesNumber, in block: BlockKey, through: Int64, to database: Database
    ) throws {
        let key = ChunkKey.key(tier: tierIDs[block.tier], block: block.block, number)
        var whole = chunk
        let select = try database.cachedStatement(sql: "SELECT data FROM chunk WHERE key = ?")
        if let stored = try Data.fetchOne(select, arguments: [key]) {
            var elements: [Chunk.Element] = []
            _ = Chunk.read(stored) { elements.append($0) }
            whole = Chunk(elements, isExact: chunk.isExact)
            for element in chunk.elements { whole.add(element) }
        }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO chunk (key, through, data) VALUES (?, ?, ?)")
            .execute(arguments: [key, through, Data(whole.bytes)])
        let entry = plan.entries[block.tier]
        try database.cachedStatement(sql: "UPDATE series SET newest = ? WHERE number = ? AND newest < ?")
            .execute(
                arguments: [
                    entry.start(ofBlock: block.block + 1), Int64(number.rawValue), entry.start(ofBlock: block.block),
                ])
    }

    /// Takes out whatever is older than its tier keeps it, and whole blocks beyond that until no more than `limitBytes` are
    /// in use, the oldest of the finest tier first. Returns the bytes then in use, and how many blocks went early.
    func trim(unixSeconds now: Int64, limitBytes: Int) throws(StoreError) -> (usedBytes: Int, droppedBlocks: Int) {
        for (entry, id) in zip(plan.entries, tierIDs) {
            let oldest = entry.block(of: max(now - Int64(entry.tier.keepSeconds), 0))
            while let block = try oldestBlock(ofTier: id), block < oldest { try drop(block, entry, id) }
        }
        var dropped = 0
        var used = try read(Self.usedBytes)
        for (entry, id) in zip(plan.entries, tierIDs) {
            while used > limitBytes, let block = try oldestBlock(ofTier: id) {
                try drop(block, entry, id)
                dropped += 1
                used = try read(Self.usedBytes)
            }
        }
        try shrink()
        return (used, dropped)
    }

    private func oldestBlock(ofTier id: Int64) throws(StoreError) -> Int64? {
        try read { try Self.oldestBlock(ofTier: id, $0) }
    }

    /// The oldest block that `tier` has a chunk of.
    static func oldestBlock(ofTier id: Int64, _ database: Database) throws -> Int64? {
        let keys = ChunkKey.range(ofTier: id)
        return try Int64.fetchOne(
            database, sql: "SELECT min(key) FROM chunk WHERE key >= ? AND key < ?",
            arguments: [keys.lowerBound, keys.upperBound]
        ).map(ChunkKey.block)
    }

    private func drop(_ block: Int64, _ entry: TierPlan.Entry, _ id: Int64) throws(StoreError) {
        let keys = ChunkKey.range(tier: id, block: block)
        try write("dropping the oldest of") { database in
            try database.execute(
                sql: "DELETE FROM chunk WHERE key >= ? AND key < ?", arguments: [keys.lowerBound, keys.upperBound])
            try database.execute(
                sql: "UPDATE tier SET droppedBefore = ? WHERE id = ?", arguments: [entry.start(ofBlock: block + 1), id])
        }
    }

    /// Gives pages back to the disk where more than a quarter of them is free.
    private func shrink() throws(StoreError) {
        try write("shrinking") { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            guard free > pages / 4, free > 64 else { return }
            _ = try Row.fetchAll(database, sql: "PRAGMA incremental_vacuum(\(free))")
        }
    }
}

extension SeriesIdentity.Subject {
    /// How the database has it.
    var stored: (kind: String, name: String) {
        switch self {
        case .node(let name): ("node", name)
        case .workflow(let name): ("workflow", name)
        case .function(let name): ("function", name)
        case .coordinator: ("coordinator", "")
        }
    }

    /// What the database has; nil for a kind that this version does not know.
    init?(kind: String, name: String) {
        switch kind {
        case "node": self = .node(name)
        case "workflow": self = .workflow(name)
        case "function": self = .function(name)
        case "coordinator": self = .coordinator
        default: return nil
        }
    }
}
