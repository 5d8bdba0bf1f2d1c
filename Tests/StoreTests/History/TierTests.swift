@testable import Store
import Testing

@Suite("Tiers of the history")
struct TierTests {
    @Test func `blocks have at least 240 points, and each point of the next tier lies in one of them`() throws {
        let plan = try TierPlan(HistoryTier.standard)
        #expect(plan.entries.map(\.blockSeconds) == [240, 2_400, 14_400, 864_000])
        for (finer, coarser) in zip(plan.entries, plan.entries.dropFirst()) {
            #expect(finer.blockSeconds % coarser.tier.secondsPerPoint == 0)
            #expect(finer.pointsPerBlock >= 240)
        }
    }

    @Test func `a moment has its block and its place in it`() throws {
        let entry = try TierPlan(HistoryTier.standard).entries[1]
        #expect(entry.block(of: 2_399) == 0 && entry.slot(of: 2_399) == 239)
        #expect(entry.block(of: 2_400) == 1 && entry.slot(of: 2_409) == 0)
        #expect(entry.start(ofBlock: 1) == 2_400)
    }

    @Test(arguments: [
        ([], "0 tiers"), ([(0, 10)], "finest"), ([(1, 3_600), (1, 7_200)], "2 to 3600 times"),
        ([(2, 3_600), (5, 7_200)], "whole numbers"), ([(1, 3_600), (10, 3_600)], "longer than the 3600 s"),
        ([(1, 239)], "at least the 240 s"), ([(1, 3_600), (10_000, 86_400)], "3600 times"),
        ((1...7).map { (1 << $0, 1_000_000 * $0) }, "7 tiers"),
    ] as [([(Int, Int)], String)])
    func `tiers that do not stand one upon the other are refused with what is allowed`(tiers: [(Int, Int)], part: String) {
        #expect {
            _ = try TierPlan(tiers.map { HistoryTier(secondsPerPoint: $0.0, keepSeconds: $0.1) })
        } throws: { error in
            "\(error)".contains(part) && "\(error)".contains("allowed")
        }
    }

    /// The plan where each tier has everything since `droppedBefore`; nil where it has nothing.
    private static func plan(_ from: Int64, _ to: Int64, points: Int, droppedBefore: [Int64?]) throws -> QueryPlan? {
        let plan = try TierPlan(HistoryTier.standard)
        return QueryPlan(
            HistoryQuery(metric: "m", fromUnixSeconds: from, toUnixSeconds: to, maximumPoints: points), plan: plan,
            reaches: zip(plan.entries, droppedBefore).map { entry, dropped in
                TierReach(oldestStart: dropped.map { entry.start(ofBlock: entry.block(of: $0)) }, droppedBefore: dropped ?? 0)
            })
    }

    @Test func `a query is answered from the coarsest tier that shows as much as was asked for`() throws {
        let now: Int64 = 1_700_000_000
        let dropped: [Int64?] = [now - 3_600, now - 86_400, now - 2_592_000, now - 30_000_000]
        func tier(_ seconds: Int64, _ points: Int) throws -> Int? {
            try Self.plan(now - seconds, now, points: points, droppedBefore: dropped)?.tier
        }
        #expect(try tier(600, 600) == 0)
        #expect(try tier(3_000, 300) == 1)
        #expect(try tier(3_000, 100) == 1)
        #expect(try tier(3_500, 50) == 2)
        #expect(try tier(80_000, 10_000) == 1, "the seconds do not reach back so far")
        #expect(try tier(2_500_000, 240) == 3)
        #expect(try tier(2_500_000, 10_000) == 2)
        #expect(try tier(20_000_000, 10_000) == 3)
        #expect(try tier(200_000_000, 10_000) == 3, "nothing reaches back so far")
    }

    @Test func `while nothing has been dropped, the seconds answer, and what is before the first of them does not count`() throws {
        let now: Int64 = 1_700_000_000
        let plan = try TierPlan(HistoryTier.standard)
        let young = plan.entries.map { entry in
            TierReach(oldestStart: entry.start(ofBlock: entry.block(of: now - 1_000)), droppedBefore: 0)
        }
        let query = HistoryQuery(metric: "m", fromUnixSeconds: now - 2_592_000, toUnixSeconds: now, maximumPoints: 2_000)
        let found = try #require(QueryPlan(query, plan: plan, reaches: young))
        #expect(found.tier == 0 && found.secondsPerPoint == 1)
        #expect(found.start <= now - 1_000 && found.start > now - 1_240)
    }

    @Test(arguments: [1, 7, 100, 239, 240, 10_000])
    func `there are never more points than asked for, whatever the seconds`(points: Int) throws {
        for to in stride(from: Int64(1_000_001), to: 1_000_100, by: 13) {
            for length in [Int64(1), 59, 3_600, 86_400, 900_000] {
                let plan = try #require(try Self.plan(to - length, to, points: points, droppedBefore: [0, 0, 0, 0]))
                #expect(plan.pointCount <= points)
                #expect(plan.start <= to - length && plan.start > to - length - plan.secondsPerPoint)
            }
        }
    }

    @Test func `there is no plan where nothing is kept or nothing is asked for`() throws {
        #expect(try Self.plan(0, 100, points: 10, droppedBefore: [nil, nil, nil, nil]) == nil)
        #expect(try Self.plan(100, 100, points: 10, droppedBefore: [0, 0, 0, 0]) == nil)
        #expect(try Self.plan(0, 100, points: 10, droppedBefore: [240, 2_400, nil, nil]) == nil)
    }
}
