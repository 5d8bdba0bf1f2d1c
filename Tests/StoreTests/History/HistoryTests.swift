import Foundation
import GRDB
import Logging
import Measures
import ServiceLifecycle
@testable import Store
import Synchronization
import TestSupport
import Testing

/// A wall clock that moves only when told to.
final class WallClock: Sendable {
    private let seconds: Mutex<Double>
    init(_ unixSeconds: Double) { seconds = Mutex(unixSeconds) }
    var now: Double { seconds.withLock { $0 } }
    func advance(bySeconds length: Double) { seconds.withLock { $0 += length } }
}

/// A history on a clock that the test moves, and the turns of its writer.
final class HistoryStand {
    let folder: TemporaryFolder
    private let wall: WallClock
    let time = ManualTime()
    private(set) var history: History
    private var turns: HistoryTurns
    private let settings: HistorySettings
    let lines = LogLines()

    static let tiers = [
        HistoryTier(secondsPerPoint: 1, keepSeconds: 1_000), HistoryTier(secondsPerPoint: 10, keepSeconds: 10_000),
        HistoryTier(secondsPerPoint: 60, keepSeconds: 100_000),
    ]

    init(
        settings: HistorySettings = HistorySettings(tiers: HistoryStand.tiers), at unixSeconds: Double = 1_000_000,
        folder: TemporaryFolder? = nil, mostPages: Int? = nil
    ) throws {
        self.folder = try folder ?? TemporaryFolder()
        let wall = WallClock(unixSeconds)
        self.wall = wall
        self.settings = settings
        history = try History(
            path: "\(self.folder.path)/history.sqlite", settings: settings, time: time, unixSeconds: { wall.now },
            mostPages: mostPages)
        turns = HistoryTurns(history: history, logger: lines.logger)
    }

    var path: String { "\(folder.path)/history.sqlite" }
    var now: Double { wall.now }

    /// Opens the same database again, as after the end of the process.
    func reopen() throws {
        history = try History(path: path, settings: settings, time: time) { [wall] in wall.now }
        turns = HistoryTurns(history: history, logger: lines.logger)
    }

    func advance(bySeconds seconds: Double) {
        wall.advance(bySeconds: seconds)
        time.advance(byNanoseconds: UInt64(seconds * 1e9))
    }

    func turn() { turns.next() }

    static func node(_ name: String, _ metric: String = "instructions_per_cycle") -> SeriesIdentity {
        SeriesIdentity(metric: metric, subject: .node(name))
    }

    /// Adds a second of `values`, one for each of the series, and has it written.
    func second(_ values: [(SeriesIdentity, Double)]) {
        for (identity, value) in values { history.append(value, of: identity, atUnixSeconds: now) }
        turn()
        advance(bySeconds: 1)
    }

    func points(_ identity: SeriesIdentity, last seconds: Int64 = 100_000, most: Int = 10_000) throws -> [HistoryPoint] {
        let end = Int64(now)
        return try history.query(
            HistoryQuery(
                metric: identity.metric, subject: identity.subject, scope: identity.scope, fromUnixSeconds: end - seconds,
                toUnixSeconds: end, maximumPoints: most)
        ).first?.points ?? []
    }
}

/// Lines that were logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.lines.withLock { $0.append("\(event.level): \(event.message)") } }
    }
}

@Suite("The history", .timeLimit(.minutes(10)))
struct HistoryTests {
    private static let ipc = HistoryStand.node("w01")

    @Test func `what was added is found again, at once and after the next start`() throws {
        let stand = try HistoryStand()
        for index in 0..<700 { stand.second([(Self.ipc, Double(index % 7)), (HistoryStand.node("w02"), 5)]) }
        let first = try stand.points(Self.ipc)
        #expect(first.map(\.mean) == (0..<700).map { Double($0 % 7) })
        #expect(first.first?.startUnixSeconds == 1_000_000 && first.last?.startUnixSeconds == 1_000_699)
        try stand.reopen()
        #expect(try stand.points(Self.ipc) == first)
        for index in 700..<800 { stand.second([(Self.ipc, Double(index % 7))]) }
        #expect(try stand.points(Self.ipc).count == 800)
        #expect(stand.history.status.writtenPoints == 100)
        #expect(stand.history.status.series == 2)
    }

    @Test func `a query finds its series by metric, node and scope, and there is nothing where nothing was`() throws {
        let stand = try HistoryStand()
        let socket = SeriesIdentity(metric: "instructions_per_cycle", subject: .node("w01"), scope: "socket 0")
        let run = SeriesIdentity(metric: "reeve_workflow_latency_seconds", subject: .workflow("video"))
        stand.second([(Self.ipc, 1), (socket, 2), (HistoryStand.node("w02"), 3), (run, 26)])
        func found(_ metric: String, _ subject: SeriesIdentity.Subject?, _ scope: String?) throws -> [SeriesIdentity] {
            try stand.history.query(
                HistoryQuery(
                    metric: metric, subject: subject, scope: scope, fromUnixSeconds: 999_000, toUnixSeconds: 1_000_100,
                    maximumPoints: 100)
            ).map(\.identity)
        }
        #expect(try found("instructions_per_cycle", nil, nil) == [Self.ipc, socket, HistoryStand.node("w02")])
        #expect(try found("instructions_per_cycle", .node("w01"), nil) == [Self.ipc, socket])
        #expect(try found("instructions_per_cycle", nil, "system") == [Self.ipc, HistoryStand.node("w02")])
        #expect(try found("reeve_workflow_latency_seconds", .workflow("video"), nil) == [run])
        #expect(try found("instructions_per_cycle", .node("w03"), nil).isEmpty)
        #expect(try found("watts", nil, nil).isEmpty)
        #expect(stand.history.metrics == ["instructions_per_cycle", "reeve_workflow_latency_seconds"])
    }

    @Test func `coarser tiers keep mean, least and greatest of what the finer ones no longer have`() throws {
        let stand = try HistoryStand()
        for index in 0..<3_000 { stand.second([(Self.ipc, Double(index % 60))]) }
        // The seconds of the first 2000 are gone: ten seconds reach back farther.
        let points = try stand.points(Self.ipc, last: 2_900)
        #expect(points.allSatisfy { $0.startUnixSeconds % 10 == 0 })
        let whole = points.filter { $0.count == 10 }
        #expect(whole.count > 250)
        for point in whole {
            let first = Double((point.startUnixSeconds - 1_000_000) % 60)
            #expect(point.min == first && point.max == first + 9 && abs(point.mean - (first + 4.5)) < 1e-4)
        }
        // All of it in a few points: every value counts once.
        let few = try stand.points(Self.ipc, last: 90_000, most: 3)
        #expect(few.count <= 3 && few.reduce(0) { $0 + Int($1.count) } == 3_000)
    }

    @Test func `a tier keeps its points as long as it is to, and no longer`() throws {
        let stand = try HistoryStand()
        for _ in 0..<3_000 { stand.second([(Self.ipc, 1)]) }
        let oldest = stand.history.status.tiers.map(\.oldestUnixSeconds)
        let seconds = try #require(oldest[0])
        #expect(seconds >= 1_003_000 - 1_000 - 240 - 20 && seconds <= 1_003_000 - 1_000)
        #expect(oldest[1] != nil)
        let recent = try stand.points(Self.ipc, last: 900)
        #expect(recent.count == 900 && recent.last?.count == 1)
    }

    @Test func `when the bytes are used up the oldest seconds go first, and then ten seconds`() throws {
        var settings = HistorySettings(tiers: HistoryStand.tiers)
        settings.limitBytes = 1 << 20
        let stand = try HistoryStand(settings: settings)
        var random = SeededRandom(seed: 1)
        for _ in 0..<1_500 {
            stand.second((0..<100).map { (HistoryStand.node("w\($0)"), Double(random.next() % 1_000_000) / 7) })
        }
        let status = stand.history.status
        #expect(status.droppedBlocks > 0)
        #expect(status.usedBytes <= 1 << 20)
        let size = try FileManager.default.attributesOfItem(atPath: stand.path)[.size] as? Int ?? 0
        #expect(size <= 3 << 19, "the file has \(size) bytes")
        let oldest = status.tiers.map(\.oldestUnixSeconds)
        #expect(oldest[0] ?? .max > oldest[1] ?? .max || oldest[0] == nil)
        let points = try stand.points(HistoryStand.node("w1"), last: 1_400)
        #expect(points.allSatisfy { $0.startUnixSeconds % 10 == 0 } && points.count >= 130, "ten seconds are there for all of it")
    }

    @Test func `points that the queue has no room for are dropped and counted, and nobody waits`() throws {
        var settings = HistorySettings(tiers: HistoryStand.tiers)
        settings.mostQueuedPoints = 100
        let stand = try HistoryStand(settings: settings)
        for index in 0..<250 { stand.history.append(1, of: HistoryStand.node("w\(index)"), atUnixSeconds: stand.now) }
        #expect(stand.history.status.droppedPoints == 150)
        #expect(stand.history.status.queuedPoints == 100)
        stand.advance(bySeconds: 3)
        #expect(stand.history.status.lagSeconds == 3)
        stand.turn()
        #expect(stand.history.status.writtenPoints == 100)
        #expect(stand.history.status.lagSeconds == 0)
    }

    @Test func `series beyond the most there may be and numbers that are none are refused and counted`() throws {
        var settings = HistorySettings(tiers: HistoryStand.tiers)
        settings.mostSeries = 2
        let stand = try HistoryStand(settings: settings)
        for name in ["a", "b", "c"] { stand.history.append(1, of: HistoryStand.node(name), atUnixSeconds: stand.now) }
        stand.history.append(.nan, of: HistoryStand.node("a"), atUnixSeconds: stand.now)
        stand.history.append(1, of: HistoryStand.node("a"), atUnixSeconds: .infinity)
        stand.turn()
        #expect(stand.history.status.refusedPoints == 3)
        #expect(stand.history.status.writtenPoints == 2)
    }

    @Test func `on a full disk the history stops and says so once, and goes on by itself with what has waited`() throws {
        let stand = try HistoryStand(mostPages: 30)
        var random = SeededRandom(seed: 2)
        var seconds = 0
        while stand.history.status.state == .running, seconds < 5_000 {
            stand.second((0..<50).map { (HistoryStand.node("w\($0)"), Double(random.next() % 1_000_000) / 7) })
            seconds += 1
        }
        guard case .stopped(let reason, let since) = stand.history.status.state else {
            Issue.record("the disk was never full")
            return
        }
        #expect(reason.contains("its disk is full") && reason.contains(stand.path) && since == stand.now - 1)
        let written = stand.history.status.writtenPoints
        for _ in 0..<20 { stand.second([(HistoryStand.node("w1"), 1)]) }
        #expect(stand.history.status.writtenPoints == written)
        #expect(stand.history.status.lagSeconds >= 20)
        #expect(stand.lines.all.filter { $0.contains("stopped") }.count == 1, "\(stand.lines.all)")
        try stand.history.database.write("") { _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = 100000") }
        stand.turn()
        stand.turn()
        #expect(stand.history.status.state == .running)
        #expect(stand.lines.all.filter { $0.contains("the history goes on") }.count == 1)
        #expect(stand.history.status.droppedPoints == 0)
        let points = try stand.points(HistoryStand.node("w1"))
        #expect(points.count == seconds + 20, "nothing that had room in the queue is missing")
        try stand.reopen()
        #expect(try stand.points(HistoryStand.node("w1")).count == points.count)
    }

    @Test func `a feed is asked once in each turn`() throws {
        let stand = try HistoryStand()
        stand.history.feed { history, second in history.append(42, of: Self.ipc, atUnixSeconds: Double(second)) }
        for _ in 0..<3 {
            stand.turn()
            stand.advance(bySeconds: 1)
        }
        #expect(try stand.points(Self.ipc).map(\.mean) == [42, 42, 42])
    }

    @Test func `the writer writes by itself, and at its end what has come until then`() async throws {
        let stand = try HistoryStand()
        let writer = HistoryWriter(stand.history, logger: stand.lines.logger)
        let group = ServiceGroup(services: [writer], logger: stand.lines.logger)
        let history = stand.history
        let now = stand.now
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            history.append(1, of: Self.ipc, atUnixSeconds: now)
            try await eventually("the point is written") { history.status.writtenPoints == 1 }
            history.append(2, of: Self.ipc, atUnixSeconds: now + 1)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(history.status.writtenPoints == 2)
    }
}

@Suite("The history's forms")
struct HistorySchemaTests {
    @Test func `a database of the first form is opened and brought to the newest, with all that it has`() throws {
        let folder = try TemporaryFolder()
        let plan = try TierPlan(HistoryStand.tiers)
        do {
            let old = try DatabasePool(path: "\(folder.path)/history.sqlite")
            try Schema.history.migrate(old, upTo: "1: tiers, series, chunks and tails")
            let chunk = Chunk((0..<240).map { .init(slot: $0, mean: 1.5, min: 1, max: 2, count: 10) }, isExact: false)
            try old.write { database in
                for (id, entry) in plan.entries.enumerated() {
                    try database.execute(
                        sql: "INSERT INTO tier (id, secondsPerPoint, blockSeconds) VALUES (?, ?, ?)",
                        arguments: [id, entry.secondsPerPoint, entry.blockSeconds])
                }
                try database.execute(
                    sql: "INSERT INTO series (number, metric, kind, subject, scope) VALUES (3, 'watts', 'node', 'w01', 'system')")
                try database.execute(
                    sql: "INSERT INTO chunk (key, through, data) VALUES (?, 0, ?)",
                    arguments: [ChunkKey.key(tier: 0, block: 4_166, SeriesNumber(rawValue: 3)), Data(chunk.bytes)])
            }
            try old.close()
        }
        let stand = try HistoryStand(at: 1_000_080, folder: folder)
        let points = try stand.points(HistoryStand.node("w01", "watts"))
        #expect(points.count == 240 && points.first == HistoryPoint(startUnixSeconds: 999_840, mean: 1.5, min: 1, max: 2, count: 10))
        stand.history.append(12.5, of: HistoryStand.node("w01", "watts"), atUnixSeconds: 1_000_050)
        stand.turn()
        let merged = try stand.points(HistoryStand.node("w01", "watts"))
        #expect(merged.count == 240, "what comes late is merged with what was there")
        #expect(merged[210] == HistoryPoint(startUnixSeconds: 1_000_050, mean: 2.5, min: 1, max: 12.5, count: 11))
    }

    @Test(arguments: ["history", "journal"])
    func `a database of a newer form is refused with a sentence, and left as it is`(which: String) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/history.sqlite"
        if which == "history" { _ = try HistoryStand(folder: folder) } else { _ = try Journal(path: path) }
        let raw = try DatabaseQueue(path: path)
        try raw.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: from the future')") }
        #expect {
            if which == "history" { _ = try HistoryStand(folder: folder) } else { _ = try Journal(path: path) }
        } throws: { error in
            "\(error)".contains("newer version of reeve") && "\(error)".contains(path)
        }
        #expect(try raw.read { try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations") }.last == "99: from the future")
    }

    @Test func `a tier that comes and one that goes leave the others as they are`() throws {
        let folder = try TemporaryFolder()
        let tiers = HistoryStand.tiers
        let ipc = HistoryStand.node("w01")
        var stand = try HistoryStand(settings: HistorySettings(tiers: Array(tiers.prefix(2))), folder: folder)
        for _ in 0..<500 { stand.second([(ipc, 1)]) }
        stand = try HistoryStand(settings: HistorySettings(tiers: tiers), at: 1_000_500, folder: folder)
        #expect(try stand.points(ipc).count == 500)
        for _ in 0..<500 { stand.second([(ipc, 1)]) }
        #expect(try stand.points(ipc, last: 990).count == 990)
        stand = try HistoryStand(settings: HistorySettings(tiers: [tiers[0]]), at: 1_001_000, folder: folder)
        #expect(try stand.points(ipc).count == 1_000)
        #expect(stand.history.status.tiers.map(\.tier) == [tiers[0]])
    }

    @Test func `a path that cannot be opened is named`() {
        #expect {
            _ = try History(path: "/nonexistent/history.sqlite", time: ManualTime()) { 0 }
        } throws: { error in
            "\(error)".contains("/nonexistent/history.sqlite")
        }
    }
}
