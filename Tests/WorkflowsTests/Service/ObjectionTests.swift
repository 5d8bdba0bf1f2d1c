import Logging
import Testing
import Topology

@testable import Workflows

@Suite("Runs that are not to be taken")
struct ObjectionTests {
    @Test func `a run is refused with the reason, before anybody is asked anything`() async throws {
        try await GatewayRig.with { rig in
            let service = WorkflowService(
                gateway: rig.gateway, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                objection: { "coordinator other leads, and this one stands by" })
            service.register(try WorkflowGraph(yaml: "name: w\nsteps: [{id: s, function: f}]"))
            let submission = RunSubmission(
                workflow: WorkflowName("w"), target: try LatencyTarget(seconds: 1), input: [])
            let error = await #expect(throws: WorkflowError.self) { try await service.submit(submission) }
            #expect(error?.code == .refused)
            #expect(error?.description.contains("coordinator other leads") == true, "\(error as Any)")
            #expect(service.runs.isEmpty && rig.contract.seen("/").isEmpty)
        }
    }
}
