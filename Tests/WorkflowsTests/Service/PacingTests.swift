import Cluster
import Testing
import Topology

@testable import Workflows

/// The service as the scheduling loop sees it.
@Suite struct PacingTests {
    private static let simple = "name: w\nsteps: [{id: a, function: f}]"

    @Test func aRunWaitsForTheSchedulerAndIsMeasured() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], pacing: .byScheduler) { rig async throws in
            let first = try await rig.submit("w", seconds: 35, input: "1")
            let second = try await rig.submit("w", seconds: 26, input: "2")
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
            let next = try await rig.service.nextRequest()
            #expect(next?.sequence == 1)
            #expect(try rig.service.report(of: second).state == .waiting)
        }
    }

    @Test func theSchedulerWaitsForARequest() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], pacing: .byScheduler) { rig async throws in
            async let request = rig.service.nextRequest()
            _ = try await rig.submit("w")
            #expect(try await request?.sequence == 0)
        }
    }

    @Test func aRunThatFailedHasNoLatency() async throws {
        try await ServiceRig.with([Self.simple], functions: ["f": .says("", status: 400)], pacing: .byScheduler) {
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
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], pacing: .byScheduler) { rig async throws in
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
        try await ServiceRig.with([Self.simple], functions: ["f": .echoes], pacing: .byScheduler) { rig async throws in
            let ids = [try await rig.submit("w", input: "1"), try await rig.submit("w", input: "2")]
            rig.service.setPacing(.immediate)
            rig.service.setPacing(.immediate)
            #expect(try await rig.end(of: ids[0]).text == "1")
            #expect(try await rig.end(of: ids[1]).text == "2")
            #expect(rig.contract.seen("/function").count == 2)
        }
    }
}
