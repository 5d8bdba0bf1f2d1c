import Cluster
import ControlAPI
import Foundation
import GRDB
import Learning
import Placement
import Simulation
import Store
import Synchronization
import Testing
import Topology

@Suite("The replay of a journal")
struct JournalReplayTests {
    private static let always = -Double.infinity...Double.infinity

    /// Enough for the learner to decide by what it has learnt, and no more: each step trains a network.
    private static let requests = 90

    /// Serves so many requests in `session`, or goes on with the one in the journal when nil.
    private func serve(
        _ rig: Rig, _ session: PlacementSession?, requests: Int = requests, upTo limit: Int = requests,
        journal: DecisionJournal? = nil, runner: ((any WorkflowRunner) -> any WorkflowRunner)? = nil,
        guardSettings: GuardSettings? = nil
    ) async throws {
        let pausing = PausingRunner(rig.bed, after: limit)
        let control = PlacementControl()
        let service = try rig.service(
            initialSession: session, journal: journal, runner: runner?(pausing) ?? pausing, control: control,
            guardSettings: guardSettings)
        try await run(service, control) { $0.requests == requests }
    }

    private func path(_ rig: Rig) -> String { rig.folder.appendingPathComponent("journal.sqlite").path }

    private func replayed(_ rig: Rig, within unixSeconds: ClosedRange<Double> = always) throws -> ReplayReport {
        let journal = DecisionJournal(try Journal(reading: path(rig))) { 0 }
        return try JournalReplay(journal, unixSeconds: unixSeconds).byRecordedPolicies()
    }

    @Test(arguments: [Scheduler.custom, .fullmap, .kubernetes, .random, .native, .blind])
    func `a scheduler decides again what it decided`(_ scheduler: Scheduler) async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await serve(rig, training(steps: 100, scheduler: scheduler))
        let report = try replayed(rig)
        #expect(report.decisions.count == Self.requests)
        #expect(report.count(.identical) == Self.requests, "\(report.decisions.first { $0.result != .identical } as Any)")
    }

    @Test func `a session that died is followed from the checkpoint that it went on from, and so is a frozen one`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await serve(rig, training(steps: 100), requests: 63, upTo: 63)
        // As after a kill: what was learnt since the checkpoint before is lost.
        try FileManager.default.removeItem(atPath: rig.checkpointPath)
        try await serve(rig, nil, requests: 57, upTo: 120)
        rig.bed.reset(to: .allOnFirstNode(replicas: 8), scenario: try .thesisInference())
        let control = PlacementControl()
        var frozen = training(steps: 100)
        frozen.mode = .frozen
        control.start(frozen)
        try await run(rig.service(initialSession: nil, control: control), control) { $0.state == .exhausted }
        let report = try replayed(rig)
        #expect(report.decisions.count == 63 + 57 + 250)
        #expect(report.count(.identical) == report.decisions.count)
    }

    @Test func `behind a guard that refuses and corrects the learner is followed, too`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await serve(rig, training(steps: 100), guardSettings: GuardSettings())
        let decisions = try rig.journal().decisions(after: 0, limit: 1_000, session: nil)
        #expect(decisions.contains { $0.record.decision?.barred?.isEmpty == false })
        #expect(try replayed(rig).count(.identical) == Self.requests)
    }

    @Test func `each day begins with the state of the policy, from which the day can be replayed alone`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let hours = Mutex(0.0)
        let journal = DecisionJournal(try Journal(path: path(rig), durability: .normal)) {
            hours.withLock { hours in
                hours += 0.5
                return hours * 3_600
            }
        }
        try await serve(rig, training(steps: 100), journal: journal)
        let all = try replayed(rig)
        #expect(all.count(.identical) == Self.requests)
        let days = all.decisions.map { Int($0.writtenAtUnixSeconds / 86_400) }
        let lastDay = try #require(days.last)
        try #require(lastDay >= 3)
        let start = Double(lastDay) * 86_400
        let ofLastDay = try replayed(rig, within: start...Double.infinity)
        #expect(ofLastDay.decisions == all.decisions.filter { $0.writtenAtUnixSeconds >= start })
        // What is left of the journal when all the days before the last are dropped.
        try Journal(path: path(rig), durability: .normal).dropDays(beforeUnixSeconds: start)
        let left = try replayed(rig)
        #expect(left.decisions.count == ofLastDay.decisions.count)
        // The state stands after the day's first decision.
        #expect(left.decisions.map(\.result) == [.notReplayed] + Array(repeating: .identical, count: left.decisions.count - 1))
    }

    @Test func `what the journal did not take is told, and the policy is followed again after it`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        _ = try rig.journal()
        let other = try DatabaseQueue(path: path(rig))
        let hook: @Sendable (Int) throws -> Void = { sequence in
            try other.write { database in
                switch sequence {
                case 60: try database.execute(sql: "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'full'); END")
                case 63: try database.execute(sql: "DROP TRIGGER full")
                default: break
                }
            }
        }
        try await serve(rig, training(steps: 100), runner: { HookedRunner($0, hook: hook) })
        let report = try replayed(rig)
        let numbers = try rig.journal().decisions(after: 0, limit: 1_000, session: nil).map(\.record.requestSequence)
        #expect(numbers == Array(0..<60) + Array(63..<Self.requests))
        #expect(report.decisions.map(\.result) == Array(repeating: .identical, count: 60) + [.notReplayed] + Array(repeating: .identical, count: 26))
        #expect(report.decisions[60].why?.contains("the record of step 60 is missing") == true)
    }

    @Test func `a record that was altered shows`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await serve(rig, training(steps: 100))
        let altered = rig.folder.appendingPathComponent("altered.sqlite").path
        let (source, target) = (try Journal(reading: path(rig)), try Journal(path: altered, durability: .normal))
        let entries = try ["session", "policy", "decision"].flatMap { try source.entries(kind: $0, after: 0, limit: 1_000) }
        for entry in entries.sorted(by: { $0.sequence < $1.sequence }) {
            var payload = entry.payload
            if entry.kind == "decision", entry.sequence == 50 {
                // The reward that the network is taught.
                let text = String(decoding: payload, as: UTF8.self)
                payload = Array(text.replacing(/"reward":[-0-9.e]+/, with: "\"reward\":-1000").utf8)
            }
            _ = try target.append(kind: entry.kind, version: entry.version, payload: payload, writtenAtUnixSeconds: 0)
        }
        let report = try JournalReplay(DecisionJournal(try Journal(reading: altered)) { 0 }, unixSeconds: Self.always)
            .byRecordedPolicies()
        let first = try #require(report.decisions.first { $0.result != .identical })
        #expect(first.sequence > 50)
        #expect(report.decisions.filter { $0.sequence <= 50 }.allSatisfy { $0.result == .identical })
    }

    @Test func `another policy is asked about the same observations, and only allowed actions are its answers`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await serve(rig, training(steps: 100))
        let checkpoint = try CheckpointStore(path: rig.checkpointPath).load().checkpoint
        let journal = DecisionJournal(try Journal(reading: path(rig))) { 0 }
        let report = try JournalReplay(journal, unixSeconds: Self.always).byLearner(of: checkpoint, name: "that one")
        let learner = try DQN(restoring: checkpoint, topology: checkpoint.topology)
        let entries = try journal.decisions(after: 0, limit: 1_000, session: nil)
        #expect(report.decisions.count == entries.count)
        for (decision, entry) in zip(report.decisions, entries) {
            let recorded = try #require(entry.record.decision)
            let greedy = learner.greedyAction(recorded.observation, allowed: ActionMask(allowed: recorded.allowed))
            #expect(decision.replayed == recorded.actions[greedy])
            #expect(recorded.allowed[greedy])
            #expect((decision.result == .other) == (greedy != recorded.chosen))
            #expect(decision.advantage.map { $0 >= 0 } ?? true || !recorded.allowed[recorded.chosen])
        }
        // Exploration alone makes them differ.
        #expect(report.count(.other) > 10)
        #expect(report.count(.other) < Self.requests)
    }

    @Test func `a policy about other nodes is told apart`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await serve(rig, training(steps: 100, scheduler: .random))
        let learner = try DQN(
            observationCount: 3, actionCount: 2, hyperparameters: PlacementPreset.reeve.hyperparameters, totalSteps: 10, seed: 1)
        let journal = DecisionJournal(try Journal(reading: path(rig))) { 0 }
        let report = try JournalReplay(journal, unixSeconds: Self.always)
            .byLearner(of: learner.checkpoint(topology: "other", preset: "reeve"), name: "small")
        #expect(report.count(.notReplayed) == Self.requests)
        #expect(report.decisions.first?.why?.contains("where the policy has 3 and 2") == true)
    }
}

/// Does something when a request is asked for the first time.
private final class HookedRunner: WorkflowRunner {
    private let inner: any WorkflowRunner
    private let hook: @Sendable (Int) throws -> Void
    private let seen = Mutex<Set<Int>>([])

    init(_ inner: any WorkflowRunner, hook: @escaping @Sendable (Int) throws -> Void) {
        self.inner = inner
        self.hook = hook
    }

    func nextRequest() async throws -> WorkflowRequest? {
        guard let request = try await inner.nextRequest() else { return nil }
        if seen.withLock({ $0.insert(request.sequence).inserted }) { try hook(request.sequence) }
        return request
    }

    func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome { try await inner.run(request) }
}
