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

    private func path(_ rig: Rig) -> String { rig.folder.appendingPathComponent("journal.sqlite").path }

    private func replayed(_ rig: Rig, within unixSeconds: ClosedRange<Double> = always) throws -> ReplayReport {
        let journal = DecisionJournal(try Journal(reading: path(rig))) { 0 }
        return try JournalReplay(journal, unixSeconds: unixSeconds).byRecordedPolicies()
    }

    @Test(arguments: [Scheduler.custom, .fullmap, .kubernetes, .random, .native, .blind])
    func `a scheduler decides again what it decided`(_ scheduler: Scheduler) async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let session = training(steps: 500, scheduler: scheduler)
        try await run(rig.service(initialSession: session), rig.control) { $0.state == .exhausted }
        let report = try replayed(rig)
        #expect(report.decisions.count == 500)
        #expect(report.count(.identical) == 500, "\(report.decisions.first { $0.result != .identical } as Any)")
    }

    @Test func `a session that died is followed from the checkpoint that it went on from, and so is a frozen one`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let pausing = PausingRunner(rig.bed, after: 143)
        try await run(rig.service(initialSession: training(steps: 500), runner: pausing), rig.control) { $0.requests == 143 }
        // As after a kill: what was learnt since the checkpoint before is lost.
        try FileManager.default.removeItem(atPath: rig.checkpointPath)
        var control = PlacementControl()
        try await run(rig.service(initialSession: nil, control: control), control) { $0.state == .exhausted }
        rig.bed.reset(to: .allOnFirstNode(replicas: 8), scenario: try .thesisInference())
        control = PlacementControl()
        var frozen = training(steps: 500)
        frozen.mode = .frozen
        control.start(frozen)
        try await run(rig.service(initialSession: nil, control: control), control) { $0.state == .exhausted }
        let report = try replayed(rig)
        #expect(report.decisions.count == 500 + 250)
        #expect(report.count(.identical) == report.decisions.count)
    }

    @Test func `behind a guard that refuses and corrects the learner is followed, too`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let guarded = GuardSettings()
        let service = try rig.service(initialSession: training(steps: 500), guardSettings: guarded)
        try await run(service, rig.control) { $0.state == .exhausted }
        let decisions = try rig.journal().decisions(after: 0, limit: 1_000, session: nil)
        #expect(decisions.contains { $0.record.decision?.barred?.isEmpty == false })
        #expect(try replayed(rig).count(.identical) == 500)
    }

    @Test func `each day begins with the state of the policy, from which the day can be replayed alone`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let hours = Mutex(0.0)
        let journal = DecisionJournal(try Journal(path: path(rig), durability: .normal)) {
            hours.withLock { hours in
                hours += 0.25
                return hours * 3_600
            }
        }
        try await run(rig.service(initialSession: training(steps: 500), journal: journal), rig.control) {
            $0.state == .exhausted
        }
        let all = try replayed(rig)
        #expect(all.count(.identical) == 500)
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
        let runner = HookedRunner(rig.bed) { sequence in
            try other.write { database in
                switch sequence {
                case 200: try database.execute(sql: "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'full'); END")
                case 203: try database.execute(sql: "DROP TRIGGER full")
                default: break
                }
            }
        }
        try await run(rig.service(initialSession: training(steps: 500), runner: runner), rig.control) { $0.state == .exhausted }
        #expect(rig.control.status.requests == 500)
        let report = try replayed(rig)
        let numbers = try rig.journal().decisions(after: 0, limit: 1_000, session: nil).map(\.record.requestSequence)
        #expect(numbers == Array(0..<200) + Array(203..<500))
        #expect(report.decisions.map(\.result) == Array(repeating: .identical, count: 200) + [.notReplayed] + Array(repeating: .identical, count: 296))
        #expect(report.decisions[200].why?.contains("the record of step 200 is missing") == true)
    }

    @Test func `a record that was altered shows`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await run(rig.service(initialSession: training(steps: 500)), rig.control) { $0.state == .exhausted }
        let altered = rig.folder.appendingPathComponent("altered.sqlite").path
        let (source, target) = (try Journal(reading: path(rig)), try Journal(path: altered, durability: .normal))
        let entries = try ["session", "policy", "decision"].flatMap { try source.entries(kind: $0, after: 0, limit: 1_000) }
        for entry in entries.sorted(by: { $0.sequence < $1.sequence }) {
            var payload = entry.payload
            if entry.kind == "decision", entry.sequence == 300 {
                // The reward that the network is taught.
                let text = String(decoding: payload, as: UTF8.self)
                payload = Array(text.replacing(/"reward":[-0-9.e]+/, with: "\"reward\":-1000").utf8)
            }
            _ = try target.append(kind: entry.kind, version: entry.version, payload: payload, writtenAtUnixSeconds: 0)
        }
        let report = try JournalReplay(DecisionJournal(try Journal(reading: altered)) { 0 }, unixSeconds: Self.always)
            .byRecordedPolicies()
        let first = try #require(report.decisions.first { $0.result != .identical })
        #expect(first.sequence > 300)
        #expect(report.decisions.filter { $0.sequence <= 300 }.allSatisfy { $0.result == .identical })
    }

    @Test func `another policy is asked about the same observations, and only allowed actions are its answers`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await run(rig.service(initialSession: training(steps: 500)), rig.control) { $0.state == .exhausted }
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
        #expect(report.count(.other) > 50)
        #expect(report.count(.other) < 500)
    }

    @Test func `a policy about other nodes is told apart`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await run(rig.service(initialSession: training(steps: 500, scheduler: .random)), rig.control) { $0.state == .exhausted }
        let learner = try DQN(
            observationCount: 3, actionCount: 2, hyperparameters: PlacementPreset.reeve.hyperparameters, totalSteps: 10, seed: 1)
        let journal = DecisionJournal(try Journal(reading: path(rig))) { 0 }
        let report = try JournalReplay(journal, unixSeconds: Self.always)
            .byLearner(of: learner.checkpoint(topology: "other", preset: "reeve"), name: "small")
        #expect(report.count(.notReplayed) == 500)
        #expect(report.decisions.first?.why?.contains("where the policy has 3 and 2") == true)
    }
}

/// Does something when a request is asked for the first time.
private final class HookedRunner: WorkflowRunner {
    private let bed: TestBed
    private let hook: @Sendable (Int) throws -> Void
    private let seen = Mutex<Set<Int>>([])

    init(_ bed: TestBed, hook: @escaping @Sendable (Int) throws -> Void) {
        self.bed = bed
        self.hook = hook
    }

    func nextRequest() async throws -> WorkflowRequest? {
        guard let request = try await bed.nextRequest() else { return nil }
        if seen.withLock({ $0.insert(request.sequence).inserted }) { try hook(request.sequence) }
        return request
    }

    func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome { try await bed.run(request) }
}
