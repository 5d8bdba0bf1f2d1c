import Cluster
import Learning
import Placement
import Testing
import Topology

@Suite struct SchedulingLoopTests {
    private let request: WorkflowRequest
    private let space: FullmapActionSpace

    init() throws {
        request = WorkflowRequest(
            sequence: 7, workflow: WorkflowName("video-analytics"), target: try LatencyTarget(seconds: 35))
        space = FullmapActionSpace(try World.topology())
    }

    private func loop() -> SchedulingLoop { SchedulingLoop(actionSpace: space, maskRule: .withoutEffect) }

    private func place(_ text: String) throws -> Int {
        try #require(space.actions.firstIndex { $0.description == text })
    }

    private var metrics: [NodeName: NodeMetrics] {
        Dictionary(uniqueKeysWithValues: World.nodes.map { ($0, World.metrics(c0: 0.5)) })
    }

    private func outcome(_ seconds: Double) -> WorkflowOutcome {
        WorkflowOutcome(latencySeconds: seconds, functionSeconds: [:])
    }

    /// Takes one whole step that chooses `text`, and returns the record and the transition that it closed.
    private func step(
        _ loop: inout SchedulingLoop, _ text: String, from snapshot: ClusterSnapshot = World.snapshot(),
        latency: Double? = 30
    ) throws -> (record: DecisionRecord, closed: Transition?) {
        #expect(try loop.handle(.requested(request)) == .observe(World.nodes))
        guard case .decide(_, _, let closed) = try loop.handle(.observed(snapshot, metrics)) else {
            throw Unmet(text: "an observation is followed by a decision")
        }
        var effect = try loop.handle(.chose(PolicyChoice(action: try place(text), values: [1, 2], epsilon: 0.5)))
        if case .change = effect { effect = try loop.handle(.changed(chosenNode: nil)) }
        #expect(effect == .run(request))
        let end = try loop.handle(latency.map { .ran(outcome($0)) } ?? .runFailed("it broke"))
        guard case .finish(let record) = end else { throw Unmet(text: "a run is followed by the end of the step") }
        return (record, closed)
    }

    private struct Unmet: Error {
        let text: String
    }

    @Test func aStepObservesDecidesActsRunsAndReports() throws {
        var loop = loop()
        let (record, closed) = try step(&loop, "move framer to w02", latency: 30)
        #expect(closed == nil)
        #expect(record.step == 0)
        #expect(record.requestSequence == 7)
        #expect(record.decision?.action == "move framer to w02")
        #expect(record.decision?.values == [1, 2])
        #expect(record.decision?.epsilon == 0.5)
        #expect(record.decision?.observation.count == 35)
        #expect(record.decision?.absentEntries == [34])
        #expect(record.change == "move framer to w02")
        #expect(record.assignment[FunctionName("framer")] == NodeName("w02"))
        #expect(record.latencySeconds == 30)
        #expect(record.quotient == 30.0 / 35)
        // Two nodes in use of four, all eight replicas.
        #expect(record.reward == 2 + 1 + 30.0 / 35)
        #expect(record.isServed)
        #expect(record.failures.isEmpty)
        #expect(loop.steps == 1)
    }

    @Test func aTransitionIsClosedByTheObservationOfTheNextDecision() throws {
        var loop = loop()
        let (first, _) = try step(&loop, "scale by -1", latency: 30)
        let (second, closed) = try step(&loop, "stay", from: World.snapshot(replicas: 7), latency: 31)
        let transition = try #require(closed)
        #expect(transition.observation == first.decision?.observation)
        #expect(transition.action == first.decision?.chosen)
        #expect(transition.reward == first.reward)
        #expect(transition.nextObservation == second.decision?.observation)
        #expect((0..<15).map { transition.nextAllowed[$0] } == second.decision?.allowed)
        #expect(!transition.isTerminal)
        // The last latency that the second decision saw is the first one's.
        #expect(transition.nextObservation[34] == 10)
    }

    @Test func anActionThatChangesNothingCallsNothing() throws {
        var loop = loop()
        let (record, _) = try step(&loop, "stay")
        #expect(record.change == nil)
        #expect(record.assignment == World.snapshot().assignment)
    }

    @Test func aFailedChangeIsRecordedAndLearntWithWhatWasMeasured() throws {
        var loop = loop()
        _ = try loop.handle(.requested(request))
        _ = try loop.handle(.observed(World.snapshot(), metrics))
        _ = try loop.handle(.chose(PolicyChoice(action: try place("move framer to w02"))))
        #expect(try loop.handle(.changeFailed("w02 is full")) == .run(request))
        guard case .finish(let record) = try loop.handle(.ran(outcome(40))) else {
            Issue.record("the step did not end")
            return
        }
        #expect(record.failures == ["w02 is full"])
        #expect(record.assignment[FunctionName("framer")] == NodeName("w01"))
        #expect(record.change == "move framer to w02")
        #expect(record.reward == -4 - 40.0 / 35)
        let (_, closed) = try step(&loop, "stay")
        #expect(closed?.reward == record.reward)
    }

    @Test func aRequestWithoutALatencyTeachesNothingAndTheLoopGoesOn() throws {
        var loop = loop()
        let (failed, _) = try step(&loop, "scale by -1", latency: nil)
        #expect(failed.latencySeconds == nil)
        #expect(failed.quotient == nil)
        #expect(failed.reward == nil)
        #expect(!failed.isServed)
        #expect(failed.failures == ["it broke"])
        let (next, closed) = try step(&loop, "stay", latency: 30)
        #expect(closed == nil)
        #expect(next.decision?.absentEntries == [34])
        #expect(next.step == 1)
        let (_, later) = try step(&loop, "stay")
        #expect(later != nil)
    }

    @Test func withoutASnapshotTheRequestRunsUndecided() throws {
        var loop = loop()
        _ = try loop.handle(.requested(request))
        #expect(try loop.handle(.observationFailed("no answer")) == .run(request))
        guard case .finish(let record) = try loop.handle(.ran(outcome(30))) else {
            Issue.record("the step did not end")
            return
        }
        #expect(record.decision == nil)
        #expect(record.latencySeconds == 30)
        #expect(record.reward == nil)
        #expect(record.failures == ["no answer"])
        let (_, closed) = try step(&loop, "stay")
        #expect(closed == nil)
    }

    @Test func whatTheClusterChoseStandsInTheRecord() throws {
        var loop = SchedulingLoop(
            actionSpace: KubernetesActionSpace(try World.topology()), maskRule: .withoutEffect)
        _ = try loop.handle(.requested(request))
        _ = try loop.handle(.observed(World.snapshot(), metrics))
        _ = try loop.handle(.chose(PolicyChoice(action: 2)))
        _ = try loop.handle(.changed(chosenNode: NodeName("w03")))
        guard case .finish(let record) = try loop.handle(.ran(outcome(30))) else {
            Issue.record("the step did not end")
            return
        }
        #expect(record.decision?.action == "reschedule models")
        #expect(record.change == "move models to w03")
        #expect(record.assignment[FunctionName("mobilenet")] == NodeName("w03"))
    }

    @Test func anEventOutOfTurnIsRefusedAndChangesNothing() throws {
        var loop = loop()
        #expect(throws: SchedulingLoop.UnexpectedEvent.self) { try loop.handle(.ran(outcome(30))) }
        _ = try loop.handle(.requested(request))
        #expect(throws: SchedulingLoop.UnexpectedEvent.self) { try loop.handle(.requested(request)) }
        guard case .decide = try loop.handle(.observed(World.snapshot(), metrics)) else {
            Issue.record("the loop forgot what it was waiting for")
            return
        }
    }

    @Test func anAbandonedStepIsNotLearntFrom() throws {
        var loop = loop()
        _ = try step(&loop, "stay")
        _ = try loop.handle(.requested(request))
        loop.abandonStep()
        let (record, closed) = try step(&loop, "stay")
        #expect(closed == nil)
        #expect(record.step == 1)
    }
}
