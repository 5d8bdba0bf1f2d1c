import Cluster
import ControlAPI
import Foundation
import Learning
import Logging
import Measures
import Placement
import Settings
import Simulation
import Store
import Testing
import Topology

/// A placement service over the test bed, with its files in a folder that goes with the test.
final class Rig {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-rig-\(UUID().uuidString)")
    let bed: TestBed
    let control = PlacementControl()
    /// Stands still, so that no limit of a guard's ever passes.
    let time = ManualTime()
    let topology: SchedulingTopology

    init(scenario: Scenario, nodes: [NodeName] = ["w01", "w02", "w03", "w04"].map { NodeName($0) }) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        bed = TestBed(scenario: scenario, start: .allOnFirstNode(replicas: 8), seed: 1)
        topology = try .videoAnalytics(nodes: nodes)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var checkpointPath: String { folder.appendingPathComponent("policy.checkpoint").path }

    func journal() throws -> DecisionJournal {
        DecisionJournal(try Journal(path: folder.appendingPathComponent("journal.sqlite").path, durability: .normal)) { 0 }
    }

    /// A journal whose disk is full once it has so many pages.
    func journal(mostPages: Int) throws -> DecisionJournal {
        let path = folder.appendingPathComponent("journal.sqlite").path
        return DecisionJournal(try Journal(path: path, durability: .normal, mostPages: mostPages)) { 0 }
    }

    func service(
        initialSession: PlacementSession?, journal: DecisionJournal? = nil, runner: (any WorkflowRunner)? = nil,
        checkpointPath: String? = nil, warmStartPath: String? = nil, control: PlacementControl? = nil,
        guardSettings: GuardSettings? = nil
    ) throws -> PlacementService {
        PlacementService(
            settings: PlacementSettings(
                nodes: .listed(topology.nodes), topology: { [topology] _ in topology }, initialSession: initialSession, checkpointPath: checkpointPath ?? self.checkpointPath,
                stepsPerCheckpoint: 5, warmStartPath: warmStartPath, guardSettings: guardSettings),
            control: control ?? self.control, cluster: bed, runner: runner ?? bed, metrics: bed, journal: try journal ?? self.journal(),
            time: time, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

func training(steps: Int, scheduler: Scheduler = .custom) -> PlacementSession {
    PlacementSession(scheduler: scheduler, preset: "reeve", seed: 1, trainingSteps: steps, mode: .training)
}

/// Runs `service` until `control` shows what `isReached` asks for, then ends it as a shutdown would.
func run(
    _ service: PlacementService, _ control: PlacementControl, until isReached: @escaping @Sendable (PlacementStatus) -> Bool
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service.run() }
        group.addTask {
            while !isReached(control.status) { await Task.yield() }
        }
        try await group.next()
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// Stops giving requests after a number of them, as if the cluster had none for now.
final class PausingRunner: WorkflowRunner {
    let bed: TestBed
    let limit: Int

    init(_ bed: TestBed, after limit: Int) {
        self.bed = bed
        self.limit = limit
    }

    func nextRequest() async throws -> WorkflowRequest? {
        guard let request = try await bed.nextRequest() else { return nil }
        // Waits for ever, until the service is cancelled.
        if request.sequence >= limit { try await Task.sleep(for: .seconds(1_000_000)) }
        return request
    }

    func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome { try await bed.run(request) }
}

@Suite("The placement service")
struct PlacementServiceTests {
    @Test func `a training serves every request, journals every decision and leaves a checkpoint`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await run(rig.service(initialSession: training(steps: 500)), rig.control) { $0.state == .exhausted }
        let decisions = try rig.journal().decisions(after: 0, limit: 1_000, session: nil)
        #expect(decisions.count == 500)
        #expect(decisions.map(\.record.requestSequence) == Array(0..<500))
        #expect(rig.control.status.requests == 500)
        #expect(rig.control.status.served == decisions.count { $0.record.isServed })
        // The last request's transition is never closed: there is no state after it.
        #expect(try CheckpointStore(path: rig.checkpointPath).load().checkpoint.steps == 499)
    }

    @Test func `a journal whose disk is full stops no decision, and says how many it has missed`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let journal = try rig.journal(mostPages: 120)
        try await run(rig.service(initialSession: training(steps: 500), journal: journal), rig.control) { $0.state == .exhausted }
        #expect(rig.control.status.requests == 500)
        let written = try rig.journal().decisions(after: 0, limit: 1_000, session: nil).map(\.record.requestSequence)
        #expect(written.first == 0 && written == written.sorted(), "what was taken until then is there")
        #expect(journal.health.state.failures >= UInt64(500 - written.count) && written.count < 500)
        #expect(try CheckpointStore(path: rig.checkpointPath).load().checkpoint.steps == 499)
    }

    @Test func `a service that died goes on with its session where the checkpoint stood`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let pausing = PausingRunner(rig.bed, after: 42)
        try await run(rig.service(initialSession: training(steps: 500), runner: pausing), rig.control) { $0.requests == 42 }
        let before = rig.control.status
        // The shutdown's own checkpoint is taken away, as a kill would have left it: after a multiple of five steps.
        let store = CheckpointStore(path: rig.checkpointPath)
        let kept = try store.load().checkpoint.steps
        let control = PlacementControl()
        try await run(rig.service(initialSession: nil, control: control), control) { $0.state == .exhausted }
        #expect(control.status.sessionID == before.sessionID)
        #expect(control.status.restored?.contains("after \(kept) steps") == true)
        #expect(control.status.requests == 500 - 42)
        #expect(try rig.journal().decisions(after: 0, limit: 1_000, session: before.sessionID).count == 500)
    }

    @Test func `a frozen session acts by the checkpoint and does not change it`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await run(rig.service(initialSession: training(steps: 500)), rig.control) { $0.state == .exhausted }
        let learnt = try CheckpointStore(path: rig.checkpointPath).load().checkpoint
        rig.bed.reset(to: .allOnFirstNode(replicas: 8), scenario: try .thesisInference())
        let control = PlacementControl()
        var frozen = training(steps: 500)
        frozen.mode = .frozen
        control.start(frozen)
        try await run(rig.service(initialSession: nil, control: control), control) { $0.state == .exhausted }
        let decisions = try rig.journal().decisions(after: 0, limit: 2_000, session: control.status.sessionID)
        #expect(decisions.count == 250)
        // A page smaller than what other sessions wrote before still holds this session's own.
        let page = try rig.journal().decisions(after: 0, limit: 10, session: control.status.sessionID)
        #expect(page == Array(decisions.prefix(10)))
        #expect(decisions.allSatisfy { $0.record.decision?.isRandom == false })
        #expect(try CheckpointStore(path: rig.checkpointPath).load().checkpoint == learnt)
    }

    @Test func `a node that the cluster does not have is refused by name`() async throws {
        let rig = try Rig(scenario: try .thesisTraining(), nodes: [NodeName("w01"), NodeName("w09")])
        let service = try rig.service(initialSession: training(steps: 10))
        await #expect {
            try await service.run()
        } throws: { error in
            error is SettingsError && "\(error)".contains("w09") && "\(error)".contains("w01, w02, w03, w04")
        }
    }

    @Test func `a checkpoint of another topology is refused and stays`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        try await run(rig.service(initialSession: training(steps: 500)), rig.control) { $0.state == .exhausted }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: rig.checkpointPath))
        var frozen = training(steps: 500, scheduler: .fullmap)
        frozen.mode = .frozen
        let control = PlacementControl()
        control.start(frozen)
        try await run(rig.service(initialSession: nil, control: control), control) { $0.lastFailure != nil }
        #expect(control.status.state == .idle)
        #expect(try Data(contentsOf: URL(fileURLWithPath: rig.checkpointPath)) == bytes)
    }

    @Test func `control goes on when the checkpoint cannot be written, and says so`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let nowhere = rig.folder.appendingPathComponent("missing/policy.checkpoint").path
        try await run(rig.service(initialSession: training(steps: 500), checkpointPath: nowhere), rig.control) {
            $0.state == .exhausted
        }
        #expect(rig.control.status.requests == 500)
        #expect(rig.control.status.lastFailure?.contains("checkpoint") == true)
    }

    @Test func `a paused service takes no request until it is resumed`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        rig.control.pause()
        let service = try rig.service(initialSession: training(steps: 500))
        let control = rig.control
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            while control.status.state != .paused { await Task.yield() }
            #expect(control.status.requests == 0)
            control.resume()
            while control.status.state != .exhausted { await Task.yield() }
            #expect(control.status.requests == 500)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// A guard that lets a few changes pass and no more, for its minute never ends.
    private static func spending(_ changes: Int) -> GuardSettings {
        var settings = GuardSettings()
        settings.betweenMovesNanoseconds = 0
        settings.movesPerMinute = changes
        settings.noReturnNanoseconds = 0
        settings.minimumGain = 0
        settings.explorationCeiling = 1
        settings.runsToJudge = 1
        settings.stockRuns = 0
        settings.quietAfterStartNanoseconds = 0
        return settings
    }

    @Test func `what a guard has let pass in one session counts in the next`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        let service = try rig.service(initialSession: training(steps: 500), guardSettings: Self.spending(3))
        let (control, bed) = (rig.control, rig.bed)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            while control.status.state != .exhausted { await Task.yield() }
            bed.reset(to: .allOnFirstNode(replicas: 8), scenario: try .thesisInference())
            control.start(training(steps: 250, scheduler: .fullmap))
            while control.status.state != .exhausted || control.status.requests != 250 { await Task.yield() }
            group.cancelAll()
            try await group.waitForAll()
        }
        let decisions = try rig.journal().decisions(after: 0, limit: 1_000, session: nil)
        #expect(decisions.count == 750)
        #expect(decisions.count { $0.record.change != nil } == 3)
        #expect(decisions.last?.record.decision?.barred?.first?.contains("within a minute") == true)
    }

    @Test func `behind a guard that only observes every request is served and nothing is changed`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        var settings = Self.spending(60)
        settings.mode = .observe
        try await run(rig.service(initialSession: training(steps: 500), guardSettings: settings), rig.control) {
            $0.state == .exhausted
        }
        let decisions = try rig.journal().decisions(after: 0, limit: 1_000, session: nil)
        #expect(decisions.count == 500 && decisions.allSatisfy { $0.record.change == nil })
        #expect(decisions.allSatisfy { $0.record.decision?.values.isEmpty == false }, "what it would score is kept")
    }

    @Test func `behind a guard a pause holds the changes and not the requests`() async throws {
        let rig = try Rig(scenario: try .thesisTraining())
        rig.control.pause()
        let pausing = PausingRunner(rig.bed, after: 40)
        let service = try rig.service(
            initialSession: training(steps: 500), runner: pausing, guardSettings: Self.spending(60))
        try await run(service, rig.control) { $0.requests == 40 }
        #expect(rig.control.status.state == .paused)
        let decisions = try rig.journal().decisions(after: 0, limit: 100, session: nil)
        #expect(decisions.count == 40 && decisions.allSatisfy { $0.record.change == nil })
    }
}
