import Foundation
import GRDB

/// What comes out of the database.
extension HistoryDatabase {
    /// The series that there are, without those of which nothing can be left at `unixSeconds`: these go.
    func series(unixSeconds now: Int64) throws(StoreError) -> [(number: SeriesNumber, identity: SeriesIdentity)] {
        let longest = plan.entries.map(\.tier.keepSeconds).max() ?? 0
        return try write("opening") { database in
            try database.execute(
                sql: "DELETE FROM series WHERE newest > 0 AND newest < ?", arguments: [now - Int64(longest) - 86_400])
            return try Row.fetchAll(database, sql: "SELECT number, metric, kind, subject, scope FROM series ORDER BY number")
                .compactMap { row in
                    guard let subject = SeriesIdentity.Subject(kind: row["kind"], name: row["subject"]),
                        let number = Int32(exactly: row["number"] as Int64)
                    else { return nil }
                    return (
                        SeriesNumber(rawValue: number),
                        SeriesIdentity(metric: row["metric"], subject: subject, scope: row["scope"])
                    )
                }
        }
    }

    /// The blocks that were being filled when the database was last written.
    func openBlocks(isExact: (SeriesNumber) -> Bool?) throws(StoreError) -> OpenBlocks {
        try read { database in
            var open = OpenBlocks(self.plan)
            for (tier, id) in self.tierIDs.enumerated() {
                var written: [Int64: [SeriesNumber: Int64]] = [:]
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT id, block, data FROM tail WHERE tier = ? ORDER BY id", arguments: [id])
                while let row = try rows.next() {
                    let (tail, block): (Int64, Int64) = (row["id"], row["block"])
                    if written[block] == nil { written[block] = try self.written(tier: id, block: block, database) }
                    let through = written[block] ?? [:]
                    _ = TailRecords.read([UInt8](row["data"] as Data)) { number, record in
                        // What a chunk has already must not count twice.
                        guard tail > through[number] ?? 0, let isExact = isExact(number) else { return }
                        open.restore(record, in: BlockKey(tier: tier, block: block), of: number, isExact: isExact)
                    }
                }
            }
            return open
        }
    }

    /// Up to which tail the chunks of a block have everything.
    private func written(tier: Int64, block: Int64, _ database: Database) throws -> [SeriesNumber: Int64] {
        let keys = ChunkKey.range(tier: tier, block: block)
        var through: [SeriesNumber: Int64] = [:]
        let rows = try Row.fetchCursor(
            database, sql: "SELECT key, through FROM chunk WHERE key >= ? AND key < ?",
            arguments: [keys.lowerBound, keys.upperBound])
        while let row = try rows.next() { through[ChunkKey.number(of: row["key"])] = row["through"] }
        return through
    }

    /// How far back the chunks of each tier reach.
    func reaches(_ database: Database) throws -> [TierReach] {
        try zip(plan.entries, tierIDs).map { entry, id in
            TierReach(
                oldestStart: try Self.oldestBlock(ofTier: id, database).map { entry.start(ofBlock: $0) },
                droppedBefore: try Int64.fetchOne(
                    database, sql: "SELECT droppedBefore FROM tier WHERE id = ?", arguments: [id]) ?? 0)
        }
    }

    /// Hands the points that the chunks of `number` have between both ends of `query` to `body`.
    func readPoints(
        of number: SeriesNumber, _ query: QueryPlan, _ database: Database, _ body: (HistoryPoint) -> Void
    ) throws {
        let entry = plan.entries[query.tier]
        let select = try database.cachedStatement(sql: "SELECT data FROM chunk WHERE key = ?")
        for block in entry.block(of: query.start)...max(entry.block(of: query.end - 1), entry.block(of: query.start)) {
            let key = ChunkKey.key(tier: tierIDs[query.tier], block: block, number)
            guard let data = try Data.fetchOne(select, arguments: [key]) else { continue }
            let start = entry.start(ofBlock: block)
            guard Chunk.read(data, { body($0.point(in: start, entry)) }) else {
                throw StoreError("chunk \(key) cannot be read")
            }
        }
    }
}

extension Chunk.Element {
    /// The point that it is in the block that begins at `start`.
    func point(in start: Int64, _ entry: TierPlan.Entry) -> HistoryPoint {
        HistoryPoint(
            startUnixSeconds: start + Int64(slot) * entry.secondsPerPoint, mean: mean, min: min, max: max, count: count)
    }
}
