import Cluster
import ControlAPI
import Foundation
import Measures
import Synchronization
import Testing
import Topology
import Wire

/// An office that a test gives and takes away.
private final class Office: Sendable {
    private let holder = Mutex<String?>(nil)
    /// How often somebody has waited for it.
    let waits = Mutex(0)

    func give(to name: String?) { holder.withLock { $0 = name } }

    var leadership: Leadership {
        Leadership(
            identity: "me", leads: { self.holder.withLock { $0 == "me" } }, leader: { self.holder.withLock { $0 } },
            pause: { _ in
                self.waits.withLock { $0 += 1 }
                try Task.checkCancellation()
                await Task.yield()
            })
    }
}

/// Levers that only write down what they are told, and hold a move for as long as a test wants.
private final class RecordingCluster: ClusterControl {
    private let state = Mutex((done: [String](), isHeld: false))

    var done: [String] { state.withLock { $0.done } }
    func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

    func observe() async throws -> ClusterSnapshot { ClusterSnapshot(nodes: [], assignment: [:], replicas: [:]) }

    func move(_ functions: [FunctionName], to node: NodeName) async throws {
        state.withLock { $0.done.append("move \(functions) \(node)") }
        while state.withLock({ $0.isHeld }) { await Task.yield() }
    }

    func reschedule(_ functions: [FunctionName]) async throws -> NodeName {
        state.withLock { $0.done.append("reschedule \(functions)") }
        return NodeName("w01")
    }

    func scale(_ functions: [FunctionName], to replicas: Int) async throws {
        state.withLock { $0.done.append("scale \(functions) \(replicas)") }
    }
}

/// Gives out numbered requests for as long as it has any.
private final class CountingRunner: WorkflowRunner {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }

    func drop() { left.withLock { $0 -= 1 } }

    func nextRequest() async throws -> WorkflowRequest? {
        let left = left.withLock { $0 }
        guard left > 0 else { return nil }
        return WorkflowRequest(
            sequence: left, workflow: WorkflowName("w"), target: try LatencyTarget(seconds: 1))
    }

    func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome {
        WorkflowOutcome(latencySeconds: 1, functionSeconds: [:])
    }
}

@Suite("Leadership")
struct LeadershipTests {
    private let office = Office()
    private let cluster = RecordingCluster()
    private let control = PlacementControl()
    private let f = FunctionName("f")
    private let w02 = NodeName("w02")

    private var gate: ControlGate {
        ControlGate(cluster, leadership: office.leadership) { [control] in control.isPaused }
    }

    /// Does each of the three changes through `gate`; returns what they were refused with.
    private func refusals(of gate: ControlGate) async -> [ClusterError] {
        var errors: [ClusterError] = []
        do { try await gate.move([f], to: w02) } catch { if let error = error as? ClusterError { errors.append(error) } }
        do { _ = try await gate.reschedule([f]) } catch { if let error = error as? ClusterError { errors.append(error) } }
        do { try await gate.scale([f], to: 2) } catch { if let error = error as? ClusterError { errors.append(error) } }
        return errors
    }

    @Test(arguments: [("other", "coordinator other leads"), (nil, "no coordinator leads")])
    func `who does not lead changes nothing and says who does`(holder: String?, words: String) async throws {
        office.give(to: holder)
        let errors = await refusals(of: gate)
        #expect(errors.count == 3 && cluster.done.isEmpty)
        #expect(errors.allSatisfy { $0.code == .refused && $0.description.contains(words) }, "\(errors)")
        #expect(errors.first?.description.contains("moving f to w02") == true)
        _ = try await gate.observe()
    }

    @Test func `who leads changes what it wants, until placement is paused or another leads`() async {
        office.give(to: "me")
        let gate = gate
        #expect(await refusals(of: gate).isEmpty && cluster.done.count == 3)
        control.pause()
        #expect(await refusals(of: gate).map(\.description).allSatisfy { $0.contains("placement is paused") })
        control.resume()
        office.give(to: "other")
        #expect(await refusals(of: gate).count == 3)
        #expect(cluster.done.count == 3)
    }

    @Test func `requests wait for the office, and what is gone by then is not served`() async throws {
        office.give(to: "other")
        let runner = CountingRunner(2)
        let leading = LeadingRunner(runner, leadership: office.leadership)
        async let next = leading.nextRequest()
        while office.waits.withLock({ $0 }) == 0 { await Task.yield() }
        runner.drop()
        office.give(to: "me")
        #expect(try await next?.sequence == 1)
        runner.drop()
        #expect(try await leading.nextRequest() == nil)
    }

    @Test func `waiting for the office ends with the task`() async throws {
        let waiting = Task { [office] in try await office.leadership.awaitOffice() }
        while office.waits.withLock({ $0 }) == 0 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    private func release(_ gate: ControlGate, _ functions: String? = nil) async throws -> Reply.Outcome {
        var parts = CoordinatorResponder.Parts()
        parts.placement = control
        parts.release = ReleaseDesk(
            control: control, gate: gate, leadership: office.leadership,
            managed: { ["a", "b"].map { FunctionName($0) } },
            release: { function in
                if function == FunctionName("b") { throw ClusterError(.refused, "b is stubborn") }
                return function == FunctionName("a")
            })
        let responder = CoordinatorResponder(parts: parts, version: "test", time: ManualTime())
        var arguments: [String: String] = [:]
        arguments["functions"] = functions
        return await responder.answer(Query(id: 1, verb: "release", arguments: arguments))
    }

    private func answer(_ outcome: Reply.Outcome) throws -> ReleaseAnswer {
        guard case .json(let json) = outcome else { throw ClusterError(.refused, "\(outcome)") }
        return try JSONDecoder().decode(ReleaseAnswer.self, from: Data(json))
    }

    @Test func `a release pauses placement, waits for the change under way, and tells of each function`() async throws {
        office.give(to: "me")
        let gate = gate
        cluster.hold(true)
        async let moving: Void = gate.move([f], to: w02)
        while cluster.done.isEmpty { await Task.yield() }
        async let released = release(gate)
        while !control.isPaused { await Task.yield() }
        // Paused already, though the release still waits.
        await #expect(throws: ClusterError.self) { try await gate.scale([f], to: 2) }
        cluster.hold(false)
        try await moving
        let all = try answer(try await released)
        #expect(all.released == ["a"] && all.untouched.isEmpty)
        #expect(all.failed.map(\.function) == ["b"] && all.failed.first?.reason == "b is stubborn")
        #expect(cluster.done.count == 1)
        let some = try answer(try await release(gate, "c,a"))
        #expect(some.released == ["a"] && some.untouched == ["c"] && some.failed.isEmpty)
    }

    @Test(arguments: ["", "a,", ",a"])
    func `a list without names is refused, and does not stand for all`(functions: String) async throws {
        office.give(to: "me")
        guard case .failure(.badRequest, let sentence) = try await release(gate, functions) else {
            throw ClusterError(.refused, "it was carried out")
        }
        #expect(sentence == "release's functions is \"\(functions)\": allowed is one name, or several with commas between")
        #expect(!control.isPaused)
    }

    @Test func `who does not lead releases nothing and goes on as it was`() async throws {
        office.give(to: "other")
        guard case .failure(.failed, let sentence) = try await release(gate) else {
            Issue.record("it was released")
            return
        }
        #expect(sentence.contains("coordinator other leads") && !control.isPaused)
    }

    @Test func `on a simulated cluster there is nothing to release, in one sentence`() async {
        var parts = CoordinatorResponder.Parts()
        parts.placement = control
        let responder = CoordinatorResponder(parts: parts, version: "test", time: ManualTime())
        guard case .failure(.notFound, let sentence) = await responder.answer(Query(id: 1, verb: "release", arguments: [:]))
        else {
            Issue.record("it was released")
            return
        }
        #expect(sentence.contains("nothing to release") && !control.isPaused)
    }

    @Test func `the status tells who leads`() async throws {
        office.give(to: "other")
        var parts = CoordinatorResponder.Parts()
        parts.leadership = office.leadership
        let responder = CoordinatorResponder(parts: parts, version: "test", time: ManualTime())
        guard case .json(let json) = await responder.answer(Query(id: 1, verb: "status", arguments: [:])) else {
            Issue.record("no status")
            return
        }
        let leadership = try JSONDecoder().decode(StatusAnswer.self, from: Data(json)).leadership
        #expect(leadership?.identity == "me" && leadership?.isLeading == false && leadership?.holder == "other")
    }
}
