internal import ControlAPI
internal import FoundationEssentials
internal import Glibc
internal import Measures
internal import Store
internal import Telemetry
internal import Topology
internal import Wire

/// 500 agents on nodes of 16 cores, each with a sample every 10 ms in batches of ten: 50 000 samples a second, decoded and
/// taken as the coordinator does, with and without a history. In the middle of it a block of every tier is completed.
struct IngestRun {
    static let agents = 500
    static let samplesPerBatch = 10
    static let batchesPerSecond = 10
    static let seconds = 40
    static let lagLimit = 5.0

    let folder: String

    /// What one run came to.
    struct Outcome: Sendable {
        var samples = 0
        var seconds = 0.0
        /// Processor time of the thread that made and took the samples.
        var threadSeconds = 0.0
        var longestLag = 0.0
    }

    func measure() async throws -> Bool {
        let messages = try (0..<Self.agents).map { try AgentTraffic(node: "w\($0)", samples: Self.samplesPerBatch) }
        let without = try await Self.take(messages, seconds: 10, history: nil)
        // All tiers' blocks end at a multiple of the coarsest one's.
        let clock = WallClock(864_000 * 2_000 - Double(Self.seconds) / 2, runs: true)
        let history = try History(path: "\(folder)/ingest.sqlite", time: SystemTime()) { clock.now }
        let start = Int64(clock.now)
        let with = try await withWriter(of: history) {
            try await Self.take(messages, seconds: Self.seconds, history: (history, clock))
        }
        let status = history.status
        let found = try history.query(
            HistoryQuery(
                metric: "instructions_per_cycle", scope: "system", fromUnixSeconds: start - 1,
                toUnixSeconds: Int64(clock.now) + 2, maximumPoints: 10_000))
        let kept = found.reduce(0) { $0 + $1.points.reduce(0) { $0 + Int($1.count) } }
        let rate = Double(with.samples) / with.seconds
        print(
            "\(with.samples) samples of 16 cores in \(rounded(with.seconds)) s, \(Int(rate)) a second, from \(Self.agents) agents; "
                + "\(status.series) series; the thread that makes and takes them was busy for \(rounded(100 * without.threadSeconds / without.seconds)) % "
                + "without a history, \(rounded(100 * with.threadSeconds / with.seconds)) % with one")
        print(
            "in the history: \(kept) samples of each metric, \(status.writtenPoints) points written, \(status.droppedPoints) dropped, "
                + "\(status.refusedPoints) refused; longest lag \(rounded(with.longestLag)) s")
        let isMet =
            kept == with.samples && status.droppedPoints == 0 && status.refusedPoints == 0 && with.longestLag < Self.lagLimit
            && rate >= 0.99 * Double(Self.agents * Self.samplesPerBatch * Self.batchesPerSecond)
        print("limits at 50000 samples/s: none dropped or missing, lag under \(Self.lagLimit) s: \(isMet ? "met" : "missed")")
        return isMet
    }

    private static func take(
        _ traffic: [AgentTraffic], seconds: Int, history: (history: History, clock: WallClock)?
    ) async throws -> Outcome {
        let time = SystemTime()
        let hub = TelemetryHub(settings: TelemetrySettings(), time: time)
        var parts = CoordinatorResponder.Parts()
        parts.hub = hub
        if let (history, clock) = history {
            HistoryFeeds.connect(parts, to: history, scope: .socket) { clock.now }
        }
        var outcome = try await onOneThread {
            var outcome = Outcome()
            for agent in traffic { _ = hub.receive(try decoded(agent.hello), from: agent.node) }
            let begin = time.now
            let busy = threadSeconds()
            let slot = 1_000_000_000 / UInt64(batchesPerSecond * traffic.count)
            for number in 0..<(seconds * batchesPerSecond * traffic.count) {
                let due = begin.advanced(byNanoseconds: UInt64(number) * slot)
                while time.now < due { usleep(200) }
                let agent = traffic[number % traffic.count]
                let message = try decoded(agent.batch(number / traffic.count))
                guard case .ack = hub.receive(message, from: agent.node) else {
                    throw StoreBenchmarkError(description: "a batch was refused")
                }
                outcome.samples += samplesPerBatch
                if number % 100 == 0, let history { outcome.longestLag = max(outcome.longestLag, history.history.status.lagSeconds) }
            }
            outcome.seconds = time.now.seconds(since: begin)
            outcome.threadSeconds = threadSeconds() - busy
            return outcome
        }
        // The last second is handed on once it is over; then everything must be written.
        guard let (history, _) = history else { return outcome }
        try await Task.sleep(for: .seconds(3))
        while history.status.queuedPoints > 0 || history.status.lagSeconds > 0 {
            outcome.longestLag = max(outcome.longestLag, history.status.lagSeconds)
            guard outcome.longestLag < 60 else { throw StoreBenchmarkError(description: "the history does not come to an end") }
            try await Task.sleep(for: .milliseconds(50))
        }
        return outcome
    }

    private static func decoded(_ bytes: [UInt8]) throws -> AgentMessage {
        try bytes.withUnsafeBytes { try AgentMessage(decoding: $0) }
    }

    private static func onOneThread<Result: Sendable>(_ body: @Sendable @escaping () throws -> Result) async throws -> Result {
        try await Task.detached { try body() }.value
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// The messages of an agent on a node with one socket and 16 cores.
struct AgentTraffic: Sendable {
    let node: String
    let hello: [UInt8]
    private let samples: Int
    private static let metrics = (0..<16).map { Metric($0 == 0 ? "instructions_per_cycle" : "metric\($0)_per_second") }
    private static let columns: [Column] = {
        let scopes: [(Scope, Int)] = [(.system, 16), (.socket(0), 16)] + (0..<16).map { (.core($0), 12) }
        return scopes.flatMap { scope, count in
            metrics.prefix(count).map { Column(metric: $0, scope: scope, source: "msr", quality: .measured) }
        }
    }()

    init(node: String, samples: Int) throws {
        self.node = node
        self.samples = samples
        hello = AgentMessage.hello(
            Hello(
                node: NodeName(node), incarnation: 1, columns: ColumnTable(version: 1, columns: Self.columns),
                agentVersion: "benchmark", intervalMilliseconds: 10, droppedBatches: 0, oldestSequence: 1)
        ).encoded()
    }

    /// The batch of this number from 0, with numbers that are never the same.
    func batch(_ number: Int) throws -> [UInt8] {
        let count = Self.columns.count
        var random = SeededRandom(seed: UInt64(number))
        let factor = Double(random.next() % 1_000_000) * 1e-6 + 0.5
        return AgentMessage.batch(
            try Batch(
                node: NodeName(node), incarnation: 1, sequence: UInt64(number) + 1, oldestSequence: UInt64(number) + 1,
                tableVersion: 1, columnCount: count, ageNanoseconds: (0..<samples).map { UInt64(samples - 1 - $0) * 10_000_000 },
                values: (0..<samples * count).map { factor * Double($0 % 977 + 1) / 7 },
                presence: [UInt64](repeating: .max, count: samples * ((count + 63) / 64)))
        ).encoded()
    }
}
