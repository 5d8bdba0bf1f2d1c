import Foundation
import GRDB
import Measures
import Store
import TestSupport
import Testing

/// A program that writes into a journal and a history is killed at random moments, again and again.
@Suite("A store whose process is killed", .timeLimit(.minutes(30)))
struct KillTests {
    private static let rounds = ProcessInfo.processInfo.environment["REEVE_TEST_KILLS"].flatMap(Int.init) ?? 12
    private static let series = 30
    /// A multiple of every tier's points, and longer than any round.
    private static let secondsPerRound: Int64 = 28_800

    /// What a writer said before it was killed.
    private struct Acknowledged {
        var entries: [Int64: String] = [:]
        var newestSecond: Int64?

        init(_ output: String) {
            // A line without its end was cut off.
            for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                let words = line.split(separator: " ")
                if words.count == 3, let entry = Int64(words[1]) { entries[entry] = String(words[2]) }
                if words.count == 2, words[0] == "history" { newestSecond = Int64(words[1]) }
            }
        }
    }

    /// Has a writer write for so long, counted from its start or from its first word.
    private static func write(
        in folder: String, from start: Int64, forMilliseconds milliseconds: Int, countedFromStart: Bool
    ) throws -> Acknowledged {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("StoreLoad")
        process.arguments = [folder, "\(start)"]
        process.standardOutput = output
        try process.run()
        let pid = process.processIdentifier
        // The moment is not waited for but hit: whatever the writer does just then is what is tested.
        let killer = Thread {
            usleep(UInt32(milliseconds) * 1_000)
            kill(pid, SIGKILL)
        }
        var text = Data()
        if !countedFromStart { text = output.fileHandleForReading.availableData }
        killer.start()
        text += output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationReason == .uncaughtSignal, "it ended by itself: \(process.terminationStatus)")
        return Acknowledged(String(decoding: text, as: UTF8.self))
    }

    @Test func `it opens, is whole, and nothing that was acknowledged is missing`() throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: UInt64(Self.rounds))
        var entries: [Int64: String] = [:]
        var seconds = 0
        for round in 0..<Self.rounds {
            let start = 72_000 * 28_800 + Int64(round) * Self.secondsPerRound
            let acknowledged = try Self.write(
                in: folder.path, from: start, forMilliseconds: Int(random.next() % 500), countedFromStart: round % 4 == 0)
            entries.merge(acknowledged.entries) { _, new in new }
            try Self.checkIntegrity(folder.path, "round \(round)")
            try Self.checkJournal(folder.path, entries, "round \(round)")
            if let newest = acknowledged.newestSecond {
                seconds += Int(newest - start) + 1
                try Self.checkHistory(folder.path, start, newest, "round \(round)")
            }
        }
        // One in four may be killed while it opens; the others had begun to write.
        #expect(seconds >= Self.rounds / 2 && entries.count >= Self.rounds / 2, "\(seconds) seconds, \(entries.count) entries")
    }

    private static func checkIntegrity(_ folder: String, _ round: Comment) throws {
        for name in ["journal", "history"] where FileManager.default.fileExists(atPath: "\(folder)/\(name).sqlite") {
            let raw = try DatabaseQueue(path: "\(folder)/\(name).sqlite")
            let result = try raw.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
            #expect(result == ["ok"], "\(name), \(round)")
        }
    }

    private static func checkJournal(_ folder: String, _ entries: [Int64: String], _ round: Comment) throws {
        guard !entries.isEmpty else { return }
        let journal = try Journal(path: "\(folder)/journal.sqlite", durability: .normal)
        let found = try journal.entries(kind: "load", after: 0, limit: .max)
        let texts = Dictionary(uniqueKeysWithValues: found.map { ($0.sequence, String(decoding: $0.payload, as: UTF8.self)) })
        let missing = entries.filter { texts[$0.key] != $0.value }
        #expect(missing.isEmpty, "\(round)")
    }

    /// Each second that was acknowledged is there with its value, and each tier has every value once.
    private static func checkHistory(_ folder: String, _ start: Int64, _ newest: Int64, _ round: Comment) throws {
        let history = try History(path: "\(folder)/history.sqlite", time: SystemTime()) { Double(newest) }
        func query(_ points: Int) throws -> [HistorySeries] {
            try history.query(
                HistoryQuery(
                    metric: "watts", fromUnixSeconds: start, toUnixSeconds: start + 9_600, maximumPoints: points))
        }
        let fine = try query(10_000)
        #expect(fine.count == series, "\(round)")
        for line in fine {
            guard case .node(let name) = line.identity.subject, let index = Int64(name.dropFirst()) else { continue }
            #expect(line.secondsPerPoint == 1)
            let wrong = line.points.enumerated().filter { offset, point in
                point.startUnixSeconds != start + Int64(offset) || point.count != 1
                    || abs(point.mean - Double(point.startUnixSeconds % 1_000 * 100 + index)) > 0.1
            }
            #expect(wrong.isEmpty, "\(name), \(round)")
            #expect(line.points.count >= Int(newest - start) + 1, "\(name), \(round)")
        }
        for (points, seconds) in [(960, 10), (160, 60)] {
            let coarse = try query(points)
            #expect(coarse.allSatisfy { $0.secondsPerPoint == seconds })
            let counts = coarse.map { $0.points.reduce(0) { $0 + Int($1.count) } }
            #expect(counts == fine.map(\.points.count), "\(seconds) s, \(round)")
        }
    }
}
