import Cluster
import Measures
import Testing
import Topology

@testable import Workflows

/// The service as the scheduling loop sees it.
@Suite struct PacingTests {
    private static let simple = "name: w\nsteps: [{id: a, function: f}]"
    private static let other = "name: other\nsteps: [{id: a, function: f}]"
    private static let patience: UInt64 = 120_000_000_000
    private static let pacing = WorkflowService.Pacing.byScheduler(
        of: WorkflowName("w"), patienceNanoseconds: patience)

    @Test func aRunWaitsForTheSchedulerAndIsMeasured() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], pacing: Self.pacing) { rig async throws in
            let first = try await rig.submit("w", seconds: 35, input: "1")
            let request = try #require(try await rig.service.nextRequest())
            #expect(
                request
                    == WorkflowRequest(sequence: 0, workflow: WorkflowName("w"), target: try LatencyTarget(seconds: 35))
            )
            let again = try await rig.service.nextRequest()
            #expect(again == request)
            #expect(rig.contract.seen("/function").isEmpty)
            let outcome = try await rig.service.run(request)
            let report = try rig.service.report(of: first)
            #expect(report.state == .ended(.completed(Array("1".utf8)), latencySeconds: outcome.latencySeconds))
            #expect(outcome.functionSeconds == report.spans.openSeconds)
            #expect(outcome.functionSeconds.keys.map(\.rawValue) == ["f"])
            let second = try await rig.submit("w", seconds: 26, input: "2")
            let next = try await rig.service.nextRequest()
            #expect(next?.sequence == 1)
            #expect(try rig.service.report(of: second).state == .waiting)
        }
    }

    @Test func onlyOneRunWaitsForTheSchedulerAndThoseOfOtherWorkflowsNever() async throws {
        try await ServiceRig.with([Self.simple, Self.other], functions: ["f": .echoes], pacing: Self.pacing) {
            rig async throws in
            let waiting = try await rig.submit("w", input: "1")
            let beside = try await rig.submit("w", input: "2")
            let stranger = try await rig.submit("other", input: "3")
            #expect(try await rig.end(of: beside).text == "2")
            #expect(try await rig.end(of: stranger).text == "3")
            #expect(try rig.service.report(of: waiting).state == .waiting)
            let request = try #require(try await rig.service.nextRequest())
            #expect(request.sequence == 0)
            _ = try await rig.service.run(request)
            #expect(try await rig.end(of: waiting).text == "1")
        }
    }

    @Test func aRunThatTheSchedulerDoesNotComeToBeginsByItself() async throws {
        let time = ManualTime(start: MonotonicInstant(nanoseconds: 0))
        var surroundings = WorkflowService.Surroundings(time: time)
        surroundings.pause = { nanoseconds in
            let end = time.now.advanced(byNanoseconds: nanoseconds)
            while time.now < end {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        try await ServiceRig.with(
            [Self.simple], functions: ["f": .echoes], pacing: Self.pacing, surroundings: surroundings
        ) { rig async throws in
            let first = try await rig.submit("w", input: "1")
            time.advance(byNanoseconds: Self.patience - 1)
            #expect(try await rig.service.nextRequest()?.sequence == 0)
            #expect(try rig.service.report(of: first).state == .waiting)
            time.advance(byNanoseconds: 1)
            #expect(try await rig.end(of: first).text == "1")
            _ = try await rig.submit("w", input: "2")
            #expect(try await rig.service.nextRequest()?.sequence == 1)
        }
    }

    @Test func theSchedulerWaitsForARequest() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], pacing: Self.pacing) { rig async throws in
            async let request = rig.service.nextRequest()
            _ = try await rig.submit("w")
            #expect(try await request?.sequence == 0)
        }
    }

    @Test func aRunThatFailedHasNoLatency() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .says("", status: 400)], pacing: Self.pacing) {
            rig async throws in
            let id = try await rig.submit("w")
            let request = try #require(try await rig.service.nextRequest())
            let error = await #expect(throws: ClusterError.self) { try await rig.service.run(request) }
            #expect(error?.description == "run \(id) failed: step a failed: function f answered 400")
            let unknown = await #expect(throws: ClusterError.self) { try await rig.service.run(request) }
            #expect(unknown?.code == .unknownSubject)
        }
    }

    @Test func aRunThatIsCancelledWhileItWaitsIsNeverBegun() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], pacing: Self.pacing) { rig async throws in
            let id = try await rig.submit("w")
            try rig.service.cancel(id, because: "the operator cancelled it")
            #expect(try await rig.end(of: id) == .cancelled("the operator cancelled it"))
            _ = try await rig.submit("w")
            let next = try await rig.service.nextRequest()
            #expect(next?.sequence == 1)
            #expect(rig.contract.seen("/function").isEmpty)
        }
    }

    @Test func whatWaitsBeginsWhenNothingNeedWaitAnyMore() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], pacing: Self.pacing) { rig async throws in
            let id = try await rig.submit("w", input: "1")
            rig.service.setPacing(.immediate)
            rig.service.setPacing(.immediate)
            #expect(try await rig.end(of: id).text == "1")
            #expect(rig.contract.seen("/function").count == 1)
        }
    }
}
