import Measures
@testable import Store
import Testing

/// What has been written of open blocks, as the database would have it.
struct WrittenBlocks {
    private struct Part: Hashable {
        let key: BlockKey
        let number: SeriesNumber
    }

    let plan: TierPlan
    private var tails: [(id: Int, key: BlockKey, records: TailRecords)] = []
    private var chunks: [Part: (through: Int, elements: [Chunk.Element])] = [:]
    private var nextTail = 1

    init(_ plan: TierPlan) { self.plan = plan }

    mutating func write(_ changes: OpenBlocks.Changes) {
        let before = nextTail - 1
        for (key, records) in changes.tails {
            tails.append((nextTail, key, records))
            nextTail += 1
        }
        for (key, number, chunk, tailCount) in changes.chunks {
            var whole = Chunk(chunks[Part(key: key, number: number)]?.elements ?? [], isExact: true)
            for element in chunk.elements { whole.add(element) }
            chunks[Part(key: key, number: number)] = (before + tailCount, whole.elements)
        }
        tails.removeAll { changes.done.contains($0.key) }
    }

    /// The value as a coordinator finds it that was killed.
    func reopened() -> OpenBlocks {
        var open = OpenBlocks(plan)
        for (id, key, records) in tails {
            _ = TailRecords.read(records.bytes) { number, record in
                guard id > chunks[Part(key: key, number: number)]?.through ?? 0 else { return }
                open.restore(record, in: key, of: number, isExact: true)
            }
        }
        return open
    }

    var tailCount: Int { tails.count }

    /// All points of `number` in `tier`, those that are open included, the unfinished one too.
    func points(of number: SeriesNumber, tier: Int, open: OpenBlocks) -> [HistoryPoint] {
        let entry = plan.entries[tier]
        var points: [Int64: HistoryPoint] = [:]
        func add(_ point: HistoryPoint) {
            if points[point.startUnixSeconds] == nil { points[point.startUnixSeconds] = point } else {
                points[point.startUnixSeconds]?.merge(point)
            }
        }
        for (part, chunk) in chunks where part.number == number && part.key.tier == tier {
            for element in chunk.elements { add(element.point(in: entry.start(ofBlock: part.key.block), entry)) }
        }
        let seconds = entry.secondsPerPoint
        for var point in open.points(of: number, tier: tier) {
            point.startUnixSeconds = point.startUnixSeconds / seconds * seconds
            add(point)
        }
        return points.values.sorted { $0.startUnixSeconds < $1.startUnixSeconds }
    }
}

@Suite("Blocks that are being filled")
struct OpenBlocksTests {
    private static let tiers = [
        HistoryTier(secondsPerPoint: 1, keepSeconds: 1_000), HistoryTier(secondsPerPoint: 10, keepSeconds: 10_000),
        HistoryTier(secondsPerPoint: 60, keepSeconds: 100_000),
    ]
    private static let one = SeriesNumber(rawValue: 0)
    private static let other = SeriesNumber(rawValue: 5)

    /// What a tier must show of `points`, computed straight from them.
    private static func expected(_ points: [HistoryPoint], seconds: Int64) -> [HistoryPoint] {
        Dictionary(grouping: points) { $0.startUnixSeconds / seconds }.sorted { $0.key < $1.key }.map { bin in
            let count = bin.value.reduce(0) { $0 + Double($1.count) }
            return HistoryPoint(
                startUnixSeconds: bin.key * seconds, mean: bin.value.reduce(0) { $0 + $1.mean * Double($1.count) } / count,
                min: bin.value.map(\.min).min() ?? 0, max: bin.value.map(\.max).max() ?? 0, count: UInt32(count))
        }
    }

    private static func agree(_ a: [HistoryPoint], _ b: [HistoryPoint]) -> Bool {
        a.count == b.count
            && zip(a, b).allSatisfy {
                $0.startUnixSeconds == $1.startUnixSeconds && $0.count == $1.count && $0.min == $1.min && $0.max == $1.max
                    && abs($0.mean - $1.mean) <= 1e-9 * Swift.max(1, abs($1.mean))
            }
    }

    @Test func `each tier shows what the seconds were, as soon as they are there`() throws {
        let plan = try TierPlan(Self.tiers)
        var open = OpenBlocks(plan)
        var written = WrittenBlocks(plan)
        var points: [HistoryPoint] = []
        var random = SeededRandom(seed: 3)
        for second in Int64(100_000)..<101_000 {
            let value = Double(random.next() % 1_000)
            let point = HistoryPoint(startUnixSeconds: second, mean: value, min: value - 1, max: value + 2, count: 10)
            points.append(point)
            open.take(point, of: Self.one, isExact: true)
            written.write(open.takeChanges())
            guard second % 37 == 0 else { continue }
            for (tier, seconds) in [Int64(1), 10, 60].enumerated() {
                let shown = written.points(of: Self.one, tier: tier, open: open)
                let agree = Self.agree(shown, Self.expected(points, seconds: seconds))
                #expect(agree, "tier \(tier) at \(second)")
            }
        }
        open.sweep(overSince: 200_000)
        written.write(open.takeChanges())
        for (tier, seconds) in [Int64(1), 10, 60].enumerated() {
            let agree = Self.agree(written.points(of: Self.one, tier: tier, open: open), Self.expected(points, seconds: seconds))
            #expect(agree, "tier \(tier)")
        }
        #expect(written.tailCount == 0, "what is complete has no records left")
    }

    @Test(arguments: [UInt64](1...30))
    func `whenever it is killed, whatever comes late or twice, every value is there once`(seed: UInt64) throws {
        let plan = try TierPlan(Self.tiers)
        var random = SeededRandom(seed: seed)
        var open = OpenBlocks(plan)
        var written = WrittenBlocks(plan)
        var taken: [SeriesNumber: [HistoryPoint]] = [:]
        var now: Int64 = 50_000
        for step in 0..<1_500 {
            now += random.next() % 40 == 0 ? Int64(random.next() % 400) : 1
            for number in [Self.one, Self.other] where random.next() % 4 != 0 {
                // Now and then something is late, or the clock was set back.
                let late = random.next() % 30 == 0 ? Int64(random.next() % 500) : 0
                let point = HistoryPoint(startUnixSeconds: now - late, value: Double(random.next() % 100))
                taken[number, default: []].append(point)
                open.take(point, of: number, isExact: true)
            }
            if random.next() % 20 == 0 { open.sweep(overSince: now - 15) }
            if random.next() % 3 == 0 { written.write(open.takeChanges()) }
            if step % 100 == 99 {
                written.write(open.takeChanges())
                open = written.reopened()
            }
        }
        open.sweep(overSince: now + 100_000)
        open.sweep(overSince: now + 100_000)
        written.write(open.takeChanges())
        for (number, points) in taken {
            for (tier, seconds) in [Int64(1), 10, 60].enumerated() {
                let shown = written.points(of: number, tier: tier, open: open)
                let all = Self.expected(points, seconds: seconds)
                let agree = Self.agree(shown, all)
                #expect(agree, "tier \(tier) of \(number)")
            }
        }
        #expect(written.tailCount == 0)
    }

    @Test func `records are kept until no series has the block open`() throws {
        let plan = try TierPlan(Self.tiers)
        var open = OpenBlocks(plan)
        for number in [Self.one, Self.other] { open.take(HistoryPoint(startUnixSeconds: 0, value: 1), of: number, isExact: true) }
        #expect(open.takeChanges().done.isEmpty)
        open.take(HistoryPoint(startUnixSeconds: 240, value: 1), of: Self.one, isExact: true)
        #expect(open.takeChanges().done.isEmpty)
        open.take(HistoryPoint(startUnixSeconds: 240, value: 1), of: Self.other, isExact: true)
        #expect(open.takeChanges().done == [BlockKey(tier: 0, block: 0)])
    }
}
