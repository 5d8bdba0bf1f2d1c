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
import Synchronization
import TestSupport
import Testing
import Topology

/// The test bed, of which only some nodes are ready.
private final class PartlyReady: ClusterControl {
    let bed: TestBed
    private let ready: Mutex<Set<NodeName>>

    init(_ bed: TestBed, ready: [String]) {
        self.bed = bed
        self.ready = Mutex(Set(ready.map { NodeName($0) }))
    }

    func setReady(_ names: [String]) { ready.withLock { $0 = Set(names.map { NodeName($0) }) } }

    func observe() async throws -> ClusterSnapshot {
        let all = try await bed.observe()
        let ready = ready.withLock { $0 }
        return ClusterSnapshot(
            nodes: all.nodes.filter { ready.contains($0.name) }, assignment: all.assignment, replicas: all.replicas)
    }

    func move(_ functions: [FunctionName], to node: NodeName) async throws { try await bed.move(functions, to: node) }
    func reschedule(_ functions: [FunctionName]) async throws -> NodeName { try await bed.reschedule(functions) }
    func scale(_ functions: [FunctionName], to replicas: Int) async throws { try await bed.scale(functions, to: replicas) }
}

/// Gives no more requests than it is allowed to.
private final class Meter: WorkflowRunner {
    let bed: TestBed
    private let allowed = Mutex(0)

    init(_ bed: TestBed) { self.bed = bed }

    func allow(_ count: Int) { allowed.withLock { $0 = count } }

    func nextRequest() async throws -> WorkflowRequest? {
        guard let request = try await bed.nextRequest() else { return nil }
        while request.sequence >= allowed.withLock({ $0 }) {
            try Task.checkCancellation()
            await Task.yield()
        }
        return request
    }

    func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome { try await bed.run(request) }
}

@Suite struct ChangingNodesTests {
    private let folder: TemporaryFolder
    private let bed: TestBed
    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))

    init() throws {
        folder = try TemporaryFolder()
        bed = TestBed(scenario: try .thesisTraining(), start: .allOnFirstNode(replicas: 8), seed: 1)
    }

    private var store: CheckpointStore { CheckpointStore(path: "\(folder.path)/policy.checkpoint") }

    private func journal() throws -> DecisionJournal {
        DecisionJournal(try Journal(path: "\(folder.path)/journal.sqlite", durability: .normal)) { 0 }
    }

    private func service(
        _ cluster: any ClusterControl, _ runner: any WorkflowRunner, _ control: PlacementControl,
        nodes: PlacementSettings.Nodes = .ready(leavesAfterNanoseconds: 60_000_000_000), scheduler: Scheduler = .custom
    ) throws -> PlacementService {
        PlacementService(
            settings: PlacementSettings(
                nodes: nodes, topology: { nodes throws(SettingsError) in try Self.topology(nodes) },
                initialSession: PlacementSession(
                    scheduler: scheduler, preset: "reeve", seed: 1, trainingSteps: 500, mode: .training),
                checkpointPath: "\(folder.path)/policy.checkpoint", stepsPerCheckpoint: 5),
            control: control, cluster: cluster, runner: runner, metrics: bed, journal: try journal(), time: time,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            pause: { _ in
                try Task.checkCancellation()
                await Task.yield()
            })
    }

    private static func topology(_ nodes: [NodeName]) throws(SettingsError) -> SchedulingTopology {
        do {
            return try .videoAnalytics(nodes: nodes)
        } catch {
            throw SettingsError(error.description)
        }
    }

    /// Runs `service` while `body` lasts.
    private func running(_ service: PlacementService, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            group.cancelAll()
            try await group.waitForAll()
            try result.get()
        }
    }

    private func names(_ control: PlacementControl) -> [String] { control.status.nodes.map(\.rawValue) }

    @Test(arguments: [Scheduler.custom, .fullmap, .native])
    func `nodes join and leave in the middle of a session, and the learner goes on`(scheduler: Scheduler) async throws {
        let cluster = PartlyReady(bed, ready: ["w01", "w02", "w03"])
        let (runner, control) = (Meter(bed), PlacementControl())
        try await running(try service(cluster, runner, control, scheduler: scheduler)) {
            runner.allow(40)
            try await eventually("the first requests are served") { control.status.requests == 40 }
            #expect(names(control) == ["w01", "w02", "w03"])
            let before = control.status
            cluster.setReady(["w01", "w02", "w03", "w04"])
            runner.allow(60)
            try await eventually("further ones are served") { control.status.requests == 60 }
            #expect(names(control) == ["w01", "w02", "w03", "w04"])
            #expect(control.status.sessionID == before.sessionID)
            if let steps = before.learnerSteps {
                // One step is not learnt from: the nodes changed between it and the next.
                #expect(control.status.learnerSteps == steps + 19)
            }
            cluster.setReady(["w01", "w03", "w04"])
            runner.allow(70)
            try await eventually("a node that is not ready stays") { control.status.requests == 70 }
            #expect(names(control) == ["w01", "w02", "w03", "w04"])
            time.advance(byNanoseconds: 60_000_000_000)
            runner.allow(80)
            try await eventually("further ones are served") { control.status.requests == 80 }
            #expect(names(control) == ["w01", "w03", "w04"])
        }
        let decisions = try journal().decisions(after: 0, limit: 1_000, session: control.status.sessionID)
        #expect(decisions.map(\.record.requestSequence) == Array(0..<80))
        let entries = decisions.map { $0.record.decision?.entryNames.count }
        #expect(entries == Array(repeating: 28, count: 40) + Array(repeating: 35, count: 30) + Array(repeating: 28, count: 10))
        #expect(decisions[75].record.decision?.entryNames.contains("functions on w02") == false)
    }

    @Test func `after a restart the nodes keep their order, and a list of others takes the learner over`() async throws {
        let (runner, control) = (Meter(bed), PlacementControl())
        let cluster = PartlyReady(bed, ready: ["w03"])
        try await running(try service(cluster, runner, control)) {
            runner.allow(20)
            try await eventually("requests are served") { control.status.requests == 20 }
            cluster.setReady(["w01", "w03"])
            runner.allow(40)
            try await eventually("further ones are served") { control.status.requests == 40 }
        }
        #expect(names(control) == ["w03", "w01"])
        let again = PlacementControl()
        cluster.setReady(["w01", "w02", "w03"])
        try await running(try service(cluster, runner, again)) {
            runner.allow(50)
            try await eventually("requests are served") { again.status.requests == 10 }
        }
        #expect(names(again) == ["w03", "w01", "w02"])
        #expect(again.status.restored?.contains("after 38 steps") == true)
        let listed = PlacementControl()
        try await running(try service(bed, runner, listed, nodes: .listed(["w02", "w04"].map { NodeName($0) }))) {
            runner.allow(60)
            try await eventually("requests are served") { listed.status.requests == 10 }
        }
        #expect(names(listed) == ["w02", "w04"])
        #expect(listed.status.restored?.contains("after 47 steps") == true)
    }

    @Test func `without a ready node it waits for one`() async throws {
        let (runner, control) = (Meter(bed), PlacementControl())
        let cluster = PartlyReady(bed, ready: [])
        runner.allow(10)
        try await running(try service(cluster, runner, control)) {
            try await eventually("it says so") { control.status.lastFailure?.contains("no node of it is ready") == true }
            #expect(control.status.requests == 0)
            cluster.setReady(["w02"])
            try await eventually("requests are served") { control.status.requests == 10 }
            #expect(names(control) == ["w02"])
        }
    }
}
