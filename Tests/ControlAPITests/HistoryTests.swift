@testable import ControlAPI
import FoundationEssentials
import Logging
import Measures
import Placement
@testable import Store
import Synchronization
import Telemetry
import TestSupport
import Testing
import Topology
import Wire

/// A coordinator that keeps a history of what two nodes send, on clocks that the test moves.
private final class HistoryBench {
    let folder: TemporaryFolder
    let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000_000))
    let history: History
    let hub: TelemetryHub
    var parts = CoordinatorResponder.Parts()
    private let clock: Clock
    private var turns: HistoryTurns
    private var sequences: [String: UInt64] = [:]

    private final class Clock: Sendable {
        private let seconds = Mutex(1_700_000_000.0)
        var now: Double { seconds.withLock { $0 } }
        func advance(_ length: Double) { seconds.withLock { $0 += length } }
    }

    init(scope: HistoryConfiguration.Scope = .socket) throws {
        folder = try TemporaryFolder()
        let clock = Clock()
        self.clock = clock
        history = try History(path: "\(folder.path)/history.sqlite", time: time) { clock.now }
        hub = TelemetryHub(settings: TelemetrySettings(), time: time)
        turns = HistoryTurns(history: history, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        parts.hub = hub
        parts.history = history
        parts.journal = DecisionJournal(
            try Journal(path: "\(folder.path)/journal.sqlite", durability: .normal), history: history) { clock.now }
        HistoryFeeds.connect(parts, to: history, scope: scope) { clock.now }
    }

    var now: Double { clock.now }

    func advance(bySeconds seconds: Double) {
        clock.advance(seconds)
        time.advance(byNanoseconds: UInt64(seconds * 1e9))
    }

    func turn() { turns.next() }

    static let columns = [
        Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .derived),
        Column(metric: .instructionsPerCycle, scope: .socket(0), source: "msr", quality: .derived),
        Column(metric: .instructionsPerCycle, scope: .core(3), source: "msr", quality: .derived),
        Column(metric: Metric("package_power_watts"), scope: .system, source: "msr", quality: .unavailable),
    ]

    func hello(_ node: String, incarnation: UInt64 = 1) {
        _ = hub.receive(
            .hello(
                Hello(
                    node: NodeName(node), incarnation: incarnation, columns: ColumnTable(version: 1, columns: Self.columns),
                    agentVersion: nil, intervalMilliseconds: 100, droppedBatches: 0, oldestSequence: 1)), from: node)
        sequences[node] = 0
    }

    /// Sends `values` as samples of `node`, the newest now and each of the others 100 ms before the next; nil is absent.
    @discardableResult
    func send(_ node: String, _ values: [Double?], incarnation: UInt64 = 1) throws -> Batch {
        let sequence = sequences[node, default: 0] + 1
        sequences[node] = sequence
        let batch = try Batch(
            node: NodeName(node), incarnation: incarnation, sequence: sequence, oldestSequence: 1, tableVersion: 1,
            columnCount: 4, ageNanoseconds: values.indices.map { UInt64(values.count - 1 - $0) * 100_000_000 },
            values: values.flatMap { [$0 ?? 0, ($0 ?? 0) * 10, 7, 9] }, presence: values.map { $0 == nil ? 0b1110 : 0b1111 })
        _ = hub.receive(.batch(batch), from: node)
        return batch
    }

    func ask(_ arguments: [String: String]) async throws -> HistoryAnswer {
        let responder = CoordinatorResponder(parts: parts, version: "1", time: time, unixSeconds: { [clock] in clock.now })
        let outcome = await responder.answer(Query(id: 1, verb: "history", arguments: arguments))
        guard case .json(let json) = outcome else { throw Refused(outcome: outcome) }
        return try JSONDecoder().decode(HistoryAnswer.self, from: Data(json))
    }

    struct Refused: Error { let outcome: Reply.Outcome }

    func failure(_ arguments: [String: String]) async -> (Reply.Code, String)? {
        let responder = CoordinatorResponder(parts: parts, version: "1", time: time, unixSeconds: { [clock] in clock.now })
        guard case .failure(let code, let sentence) = await responder.answer(Query(id: 1, verb: "history", arguments: arguments))
        else { return nil }
        return (code, sentence)
    }
}

@Suite("The history of a coordinator")
struct HistoryTests {
    private static let ipc = "instructions_per_cycle"

    @Test func `samples become points of their seconds, of node and sockets, and each counts once`() async throws {
        let bench = try HistoryBench()
        bench.hello("w01")
        bench.advance(bySeconds: 0.95)
        let first = try bench.send("w01", [1, 2, 3, nil, 6])
        _ = bench.hub.receive(.batch(first), from: "w01")
        bench.advance(bySeconds: 1)
        try bench.send("w01", [8])
        bench.advance(bySeconds: 3)
        bench.turn()
        let answer = try await bench.ask(["metric": Self.ipc, "points": "3600"])
        #expect(answer.series.map(\.scope) == ["system", "socket 0"])
        #expect(answer.series[0].points == [[1_700_000_000, 3, 1, 6, 4], [1_700_000_001, 8, 8, 8, 1]])
        #expect(answer.series[1].points.first == [1_700_000_000, 24, 0, 60, 5].map { $0 })
        #expect(answer.series[0].node == "w01" && answer.series[0].unit == "per cycle" && answer.series[0].secondsPerPoint == 1)
        #expect(try await bench.ask([:]).metrics == [Self.ipc], "a column that is unavailable is no series")
    }

    @Test(arguments: [
        (HistoryConfiguration.Scope.system, ["system"]), (.socket, ["system", "socket 0"]),
        (.cpu, ["system", "socket 0", "cpu 3"]),
    ])
    func `it is as fine as the configuration says`(scope: HistoryConfiguration.Scope, names: [String]) async throws {
        let bench = try HistoryBench(scope: scope)
        bench.hello("w01")
        try bench.send("w01", [1])
        bench.advance(bySeconds: 3)
        bench.turn()
        #expect(try await bench.ask(["metric": Self.ipc]).series.map(\.scope) == names)
    }

    @Test func `what an agent sends late, after it was cut off or began anew, stands where it belongs`() async throws {
        let bench = try HistoryBench()
        bench.hello("w01")
        try bench.send("w01", [1])
        bench.advance(bySeconds: 60)
        bench.turn()
        // Its buffer comes all at once: samples of the last two seconds.
        try bench.send("w01", (0..<20).map { Double($0) })
        bench.hello("w01", incarnation: 2)
        try bench.send("w01", [50], incarnation: 2)
        bench.advance(bySeconds: 5)
        bench.turn()
        let answer = try await bench.ask(["metric": Self.ipc, "scope": "system", "points": "3600"])
        let points = try #require(answer.series.first?.points)
        #expect(points.map { Int64($0[0]) } == [1_700_000_000, 1_700_000_058, 1_700_000_059, 1_700_000_060])
        #expect(points.map { Int($0[4]) } == [1, 9, 10, 2] && points.last?[3] == 50)
    }

    @Test func `however many batches there are, each counts`() async throws {
        let bench = try HistoryBench(scope: .system)
        bench.hello("w01")
        for _ in 0..<200_000 { try bench.send("w01", [2]) }
        bench.advance(bySeconds: 3)
        bench.turn()
        let points = try await bench.ask(["metric": Self.ipc]).series.first?.points
        #expect(points == [[1_700_000_000, 2, 2, 2, 200_000]])
    }

    @Test func `decisions, runs and loans are there as numbers over time`() async throws {
        let bench = try HistoryBench()
        let journal = try #require(bench.parts.journal)
        let json = """
            {"step":1,"requestSequence":1,"workflow":"video","targetSeconds":10,"latencySeconds":8,"quotient":0.8,
            "change":"move framer to w02",
            "decision":{"entryNames":["ipc w01"],"observation":[1.5],"absentEntries":[],"actions":["stay"],"values":[0.5],
            "allowed":[true],"chosen":0,"isRandom":false,"epsilon":0.25},
            "assignment":[],"functionSeconds":[],"reward":1.5,"failures":[],"verdict":"too soon"}
            """
        try journal.add(try JSONDecoder().decode(DecisionRecord.self, from: Data(json.utf8)), session: 1)
        let run = """
            {"run":"r","sequence":0,"workflow":"video","targetSeconds":20,"end":"completed","latencySeconds":30,
            "isServed":false,"spans":[]}
            """
        try journal.add(try JSONDecoder().decode(RunRecord.self, from: Data(run.utf8)))
        let loan = """
            {"node":"w01","omitted":0,"items":[{"what":"returned","agoSeconds":2,"resource":"cpu","amount":1500,
            "lender":"a","borrower":"b","lentSeconds":12,"reason":"end"}]}
            """
        try journal.add(try JSONDecoder().decode(HarvestRecord.self, from: Data(loan.utf8)))
        bench.turn()
        bench.advance(bySeconds: 1)
        for (metric, value) in [
            ("reeve_placement_latency_seconds", 8), ("reeve_placement_target_seconds", 10), ("reeve_placement_qos_ratio", 0.8),
            ("reeve_placement_served_ratio", 1), ("reeve_placement_reward", 1.5), ("reeve_placement_predicted_value", 0.5),
            ("reeve_learner_exploration_ratio", 0.25), ("reeve_placement_changed_ratio", 1), ("reeve_guard_refused_ratio", 1),
            ("reeve_workflow_latency_seconds", 30), ("reeve_workflow_target_seconds", 20), ("reeve_workflow_qos_ratio", 1.5),
            ("reeve_workflow_served_ratio", 0),
        ] {
            let series = try await bench.ask(["metric": metric, "workflow": "video"]).series
            #expect(series.count == 1 && abs((series.first?.points.first?[1] ?? .nan) - value) < 1e-5, "\(metric)")
        }
        let returned = try await bench.ask(["metric": "reeve_harvest_returned_cpu_cores", "node": "w01"]).series
        #expect(returned.first?.points.first?[1] == 1.5 && returned.first?.unit == "cores")
        let metrics = try #require(try await bench.ask([:]).metrics)
        #expect(metrics.count == 15)
    }

    @Test func `what cannot be asked is refused with what is allowed`() async throws {
        let bench = try HistoryBench()
        for (arguments, part) in [
            (["metric": "m", "from": "yesterday"], "-2h"), (["metric": "m", "points": "0"], "1 to 10000"),
            (["metric": "m", "speed": "1"], "no argument speed"),
        ] {
            let failure = await bench.failure(arguments)
            #expect(failure?.0 == .badRequest && failure?.1.contains(part) == true, "\(arguments): \(failure?.1 ?? "")")
        }
        for index in 0..<20 { _ = bench.history.number(of: SeriesIdentity(metric: "m", subject: .node("\(index)"))) }
        let failure = await bench.failure(["metric": "m", "points": "10000"])
        #expect(failure?.1.contains("20 series") == true)
        bench.parts.history = nil
        let absent = await bench.failure(["metric": "m"])
        #expect(absent?.0 == .notFound && absent?.1.contains("store.history") == true)
    }

    @Test func `of two things at once, and in no time, there is nothing`() async throws {
        let bench = try HistoryBench()
        let identity = SeriesIdentity(metric: "m", subject: .node("a"))
        bench.history.append(1, of: identity, atUnixSeconds: bench.now)
        bench.turn()
        for arguments in [["metric": "m", "node": "a", "workflow": "a"], ["metric": "m", "from": "now", "to": "-1h"]] {
            #expect(try await bench.ask(arguments).series.isEmpty)
        }
    }

    @Test func `status tells how the store is`() async throws {
        let bench = try HistoryBench()
        let responder = CoordinatorResponder(parts: bench.parts, version: "1", time: bench.time)
        guard case .json(let json) = await responder.answer(Query(id: 1, verb: "status")) else {
            Issue.record("there is no status")
            return
        }
        let store = try #require(try JSONDecoder().decode(StatusAnswer.self, from: Data(json)).store)
        #expect(store.journalFailures == 0 && store.journalFailure == nil)
        #expect(store.history?.state == "running" && store.history?.tiers == "1s for 1h, 10s for 24h, 1m for 720h, 1h for 9600h")
    }

    @Test(arguments: [
        ("now", 1_000), ("-90s", 910), ("-1m", 940), ("-0h", 1_000), ("-1d", -85_400), ("-1w", -603_800), ("123", 123),
        ("1970-01-01T00:02:00Z", 120), ("1970-01-01T02:02:00+02:00", 120), ("1970-01-01T00:02:00.75Z", 120),
        ("", nil), ("-h", nil), ("-2", nil), ("2h", nil), ("-1.5h", nil), ("noon", nil), ("1970-01-01", nil), ("--2h", nil),
        ("99999999999999999999", nil),
    ] as [(String, Int64?)])
    func `moments are read as operators write them`(text: String, seconds: Int64?) {
        #expect(HistoryMoment.unixSeconds(text, now: 1_000.5) == seconds)
    }

    @Test func `a moment is shown as it can be written`() {
        #expect(HistoryMoment.text(unixSeconds: 120) == "1970-01-01T00:02:00Z")
    }
}

@Suite("The configuration of the history")
struct HistoryConfigurationTests {
    @Test func `without a section there is none, and with a file alone there is the standard`() throws {
        #expect(try CoordinatorConfiguration(yaml: "store: {journal: /j}").store?.history == nil)
        let configuration = try CoordinatorConfiguration(yaml: "store: {journal: /j, history: {file: /h}}")
        let history = try #require(configuration.store?.history)
        #expect(history.path == "/h" && history.scope == .socket && history.settings == HistorySettings())
        for line in ["file: /h", "size: 2GiB", "scope: socket", "queue: 524288", "series: 100000"] {
            #expect(configuration.effectiveLines.contains("store.history.\(line)"))
        }
        #expect(configuration.effectiveLines.contains("store.history.tiers: 1s for 1h, 10s for 24h, 1m for 720h, 1h for 9600h"))
    }

    @Test func `every key is heeded`() throws {
        let history = try #require(
            try CoordinatorConfiguration(
                yaml: """
                    store:
                      journal: /j
                      history: {file: /h, size: 64MiB, scope: cpu, queue: 5000, series: 200,
                        tiers: [{every: 5s, keep: 2h}, {every: 1m, keep: 48h}]}
                    """
            ).store?.history)
        #expect(history.scope == .cpu && history.settings.limitBytes == 64 << 20)
        #expect(history.settings.mostQueuedPoints == 5_000 && history.settings.mostSeries == 200)
        #expect(
            history.settings.tiers == [
                HistoryTier(secondsPerPoint: 5, keepSeconds: 7_200), HistoryTier(secondsPerPoint: 60, keepSeconds: 172_800),
            ])
    }

    @Test(arguments: [
        ("{file: /h, colour: red}", "colour"), ("{size: 1GiB}", "store.history.file"), ("{file: /h, size: 1MiB}", "16MiB"),
        ("{file: /h, scope: core}", "system, socket, cpu"), ("{file: /h, tiers: [{every: 7s, keep: 1h}, {every: 10s, keep: 2h}]}", "whole numbers"),
        ("{file: /h, tiers: [{every: 1s}]}", "keep"), ("{file: /h, tiers: [{every: 1s, keep: 1h, of: x}]}", "of"),
        ("{file: /h, tiers: 5}", "list"),
    ])
    func `what cannot be used is refused by its name`(section: String, part: String) {
        #expect {
            _ = try CoordinatorConfiguration(yaml: "store: {journal: /j, history: \(section)}")
        } throws: { error in
            "\(error)".contains(part)
        }
    }
}
