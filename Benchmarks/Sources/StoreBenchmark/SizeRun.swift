internal import FoundationEssentials
internal import Measures
internal import Store

/// A day of 20 nodes second by second, and 30 days of them minute by minute: what they take, what a year comes to, and how
/// long questions about it take. Numbers are as hard to write in few bits as measured ones: all their digits change.
struct SizeRun {
    static let nodes = 20
    /// Sixteen metrics of a node and of its two sockets, and what the agent says of itself.
    static let seriesPerNode = 59
    static let yearLimit = 2e9
    static let queryLimit = 0.2
    private static let begin: Int64 = 864_000 * 2_000

    let folder: String

    func measure() async throws -> Bool {
        let day = try await fill("day", HistoryTier.standard, points: 86_400, every: 1) { _ in 0 }
        let minutes = Array(HistoryTier.standard.dropFirst(2))
        let month = try await fill("month", minutes, points: 30 * 1_440, every: 60) { try Self.ask($0) }
        // The day has the hour of seconds, the day of ten seconds and a day's minutes; the month 30 days' minutes and hours.
        // A year adds the hours of the rest of it, of which there is one for every sixty minutes.
        let year = Double(day.bytes) + Double(month.bytes) * (1 + (365.0 - 30) / 30 / 60)
        print(
            "\(Self.nodes) nodes of \(Self.seriesPerNode) series: \(day.bytes) bytes after a day, \(month.bytes) bytes for 30 days of "
                + "minutes and hours (\(rounded(Double(month.bytes) / Double(month.points))) bytes a point), "
                + "\(Int(year)) bytes after a year; written at \(Int(day.pointsPerSecond)) points a second")
        print("the slowest question about 30 days took \(rounded(month.query * 1_000)) ms")
        let isMet = year < Self.yearLimit && month.query < Self.queryLimit
        print(
            "limits: a year of \(Self.nodes) nodes in \(Int(Self.yearLimit)) bytes, 30 days of one metric in "
                + "\(Int(Self.queryLimit * 1_000)) ms: \(isMet ? "met" : "missed")")
        return isMet
    }

    private struct Outcome: Sendable {
        var bytes = 0
        var points = 0
        var pointsPerSecond = 0.0
        var query = 0.0
    }

    private func fill(
        _ name: String, _ tiers: [HistoryTier], points: Int, every seconds: Int64,
        _ ask: @escaping @Sendable (History) throws -> Double
    ) async throws -> Outcome {
        let clock = WallClock(Double(Self.begin), runs: false)
        let settings = HistorySettings(tiers: tiers, limitBytes: 16 << 30, mostQueuedPoints: 4 << 20)
        let history = try History(path: "\(folder)/\(name).sqlite", settings: settings, time: SystemTime()) { clock.now }
        return try await withWriter(of: history) {
            try await Self.fill(history, clock, points: points, every: seconds, ask)
        }
    }

    private static func fill(
        _ history: History, _ clock: WallClock, points: Int, every seconds: Int64,
        _ ask: @Sendable (History) throws -> Double
    ) async throws -> Outcome {
        let numbers = try seriesNumbers(history)
        let time = SystemTime()
        let begin = time.now
        var random = SeededRandom(seed: 1)
        for step in 0..<points {
            let second = Self.begin + Int64(step) * seconds
            history.append(
                numbers.map { number in
                    let mean = 1e9 * (0.5 + Double(random.next() % 1_000_003) * 1e-6)
                    return HistoryReading(
                        series: number,
                        point: HistoryPoint(
                            startUnixSeconds: second, mean: mean, min: mean * 0.7 - Double(step % 100),
                            max: mean * 1.4 + Double(step % 77), count: 100))
                })
            clock.set(Double(second + seconds))
            while history.status.queuedPoints > 2 << 20 { try await Task.sleep(for: .milliseconds(20)) }
        }
        while history.status.lagSeconds > 0 { try await Task.sleep(for: .milliseconds(20)) }
        let total = points * numbers.count
        let rate = Double(total) / time.now.seconds(since: begin)
        guard history.status.writtenPoints == UInt64(total) else {
            throw StoreBenchmarkError(description: "\(history.status.writtenPoints) of \(total) points were written")
        }
        // What is too old goes within ten turns of the writer.
        try await Task.sleep(for: .seconds(15))
        let slowest = try ask(history)
        return Outcome(bytes: history.status.usedBytes, points: total, pointsPerSecond: rate, query: slowest)
    }

    private static func seriesNumbers(_ history: History) throws -> [SeriesNumber] {
        try (0..<nodes * seriesPerNode).map { index in
            let (node, series) = (index / seriesPerNode, index % seriesPerNode)
            let scope = series < 16 ? "system" : series < 48 ? "socket \((series - 16) / 16)" : "system"
            let metric = series < 48 ? "metric\(series % 16)_per_second" : "agent\(series)_ratio"
            guard
                let number = history.number(
                    of: SeriesIdentity(metric: metric, subject: .node("w\(node)"), scope: scope))
            else { throw StoreBenchmarkError(description: "there are too many series") }
            return number
        }
    }

    /// The slowest of the medians of several questions, in seconds.
    private static func ask(_ history: History) throws -> Double {
        let time = SystemTime()
        let end = begin + 30 * 86_400
        func question(_ node: String?, _ points: Int) -> HistoryQuery {
            HistoryQuery(
                metric: "metric0_per_second", subject: node.map { .node($0) }, scope: "system",
                fromUnixSeconds: end - 30 * 86_400, toUnixSeconds: end, maximumPoints: points)
        }
        var slowest = 0.0
        for (node, points) in [("w3", 240), ("w3", 10_000), (nil, 240), (nil, 1_000), (nil, 10_000)] as [(String?, Int)] {
            let times = try (0..<9).map { _ in
                let asked = time.now
                let found = try history.query(question(node, points))
                guard found.count == (node == nil ? nodes : 1), found.allSatisfy({ $0.points.count > points / 3 }) else {
                    throw StoreBenchmarkError(description: "there is an answer of \(found.count) series")
                }
                return time.now.seconds(since: asked)
            }
            print("30 days of one metric of \(node ?? "all nodes") in \(points) points: \(rounded(median(times) * 1_000)) ms")
            slowest = max(slowest, median(times))
        }
        return slowest
    }
}
