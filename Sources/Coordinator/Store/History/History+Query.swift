import GRDB
import Synchronization

extension History {
    /// How many series `query` asks for, whether or not there is something of them in that time.
    public func seriesCount(_ query: HistoryQuery) -> Int {
        registry.withLock { $0.series(ofMetric: query.metric) }.count { query.matches($0.identity) }
    }

    /// The series that `query` asks for, each from the coarsest tier that shows as much as was asked for. Those of which there
    /// is nothing in that time are left out. Throws `StoreError`.
    public func query(_ query: HistoryQuery) throws(StoreError) -> [HistorySeries] {
        let wanted = registry.withLock { $0.series(ofMetric: query.metric) }.filter { query.matches($0.identity) }
        return try database.read { database in
            // One state of both: the first question pins the database's, while nothing can be written.
            let seen = try self.guarded.withLock { guarded in
                Seen(
                    stored: try self.database.reaches(database), open: guarded.open,
                    unwritten: guarded.turn?.changes.chunks ?? [])
            }
            guard let plan = QueryPlan(query, plan: self.database.plan, reaches: seen.reaches(self.database.plan)) else { return [] }
            return try wanted.compactMap { number, identity in
                var bins = PointBins(plan)
                try self.database.readPoints(of: number, plan, database) { bins.add($0) }
                seen.addPoints(of: number, plan, self.database.plan, to: &bins)
                let points = bins.points
                guard !points.isEmpty else { return nil }
                return HistorySeries(identity: identity, secondsPerPoint: Int(plan.secondsPerPoint), points: points)
            }
        }
    }

    /// What was in memory when the database was asked.
    private struct Seen {
        let stored: [TierReach]
        let open: OpenBlocks
        let unwritten: [(key: BlockKey, number: SeriesNumber, chunk: Chunk, tailCount: Int)]

        func reaches(_ plan: TierPlan) -> [TierReach] {
            plan.entries.indices.map { tier in
                let closed = unwritten.lazy.filter { $0.key.tier == tier }
                    .map { plan.entries[tier].start(ofBlock: $0.key.block) }.min()
                var reach = stored[tier]
                reach.oldestStart = [reach.oldestStart, open.oldestStart(tier: tier), closed].compactMap { $0 }.min()
                return reach
            }
        }

        func addPoints(of number: SeriesNumber, _ query: QueryPlan, _ plan: TierPlan, to bins: inout PointBins) {
            let entry = plan.entries[query.tier]
            for part in unwritten where part.number == number && part.key.tier == query.tier {
                for element in part.chunk.elements { bins.add(element.point(in: entry.start(ofBlock: part.key.block), entry)) }
            }
            for point in open.points(of: number, tier: query.tier) { bins.add(point) }
        }
    }
}
