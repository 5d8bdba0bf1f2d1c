import Cluster
import Placement
import Simulation
import Testing
import Topology

@testable import Experiments

@Suite("A live demo's conversation with the coordinator")
struct LiveConversationTests {
    private let settings = LiveDemoSettings(
        steps: 6, frames: 7, kubeconfig: "/k", gateway: "http://g", workflows: "/w", store: "/s", video: "v.mp4")

    private func conversation(_ coordinator: ScriptedCoordinator) -> LiveConversation {
        LiveConversation(coordinator: coordinator, pause: {}, note: { _ in })
    }

    private func policy(_ fields: String) -> ScriptedCoordinator.Answer { .json("{\"session\":{\(fields)}}") }

    @Test("a session is ordered before the request with which it begins, and known by its number afterwards")
    func session() async throws {
        let coordinator = ScriptedCoordinator([
            policy(#""state":"running","id":4"#), .json("{}"), policy(#""state":"running","id":4"#),
            policy(#""state":"running","id":9"#),
        ])
        let live = conversation(coordinator)
        let previous = try await live.start(.custom, settings)
        #expect(previous == 4)
        #expect(try await live.session(after: previous) == 9)
        #expect(
            coordinator.asked == [
                "policy", "policy-start preset=reeve scheduler=custom seed=1 steps=6", "policy", "policy",
            ])
    }

    @Test("a session that cannot be run ends the demo with the coordinator's reason")
    func failedSession() async throws {
        let coordinator = ScriptedCoordinator([policy(#""state":"idle","lastFailure":"no such preset""#)])
        let error = await #expect(throws: DemoCoordinatorError.self) {
            try await conversation(coordinator).session(after: nil)
        }
        #expect(error?.description.contains("no such preset") == true)
    }

    @Test("a request is submitted once and followed to its end")
    func request() async throws {
        let running = ScriptedCoordinator.Answer.json(#"{"run":{"state":"running"}}"#)
        let coordinator = ScriptedCoordinator([
            .json(#"{"run":"r1"}"#), .json(#"{"run":{"state":"waiting"}}"#), running,
            .json(#"{"run":{"state":"completed","latencySeconds":2.5}}"#),
            .json(#"{"run":"r2"}"#), .json(#"{"run":{"state":"failed","latencySeconds":0.5}}"#),
        ])
        let live = conversation(coordinator)
        #expect(try await live.serve(.init(settings, qosSeconds: 3.5)) == 2.5)
        #expect(try await live.serve(.init(settings, qosSeconds: 3.5)) == nil, "a run that failed has no latency")
        #expect(
            coordinator.asked.first
                == #"run-submit input={"video": "v.mp4", "frames": 7, "interval": 1} qosSeconds=3.5 workflow=video"#)
        #expect(coordinator.asked.filter { $0.hasPrefix("run-submit") }.count == 2)
    }

    @Test("pressure is a share of the cores, and none is its end")
    func pressure() async throws {
        let coordinator = ScriptedCoordinator([.json("{}"), .json("{}")])
        try await conversation(coordinator).press(NodeName("w03"), cpu: 0.75)
        try await conversation(coordinator).press(NodeName("w03"), cpu: 0)
        #expect(coordinator.asked == ["interfere cpu=75.0 node=w03 seconds=1800", "interference-stop node=w03"])
    }

    @Test("the virtual hardware is told where the functions are")
    func mirror() async throws {
        let bed = TestBed(scenario: try .thesisInference(), start: .allOnFirstNode(replicas: 8), seed: 1)
        let coordinator = ScriptedCoordinator([
            .json(
                #"""
                {"functions":[{"function":"framer","node":"w03","replicas":1},{"function":"wrapper","node":"w04"},
                {"function":"facedetector"},{"function":"mobilenet","node":"w02","replicas":3}]}
                """#)
        ])
        try await conversation(coordinator).mirror(in: bed)
        let snapshot = try await bed.observe()
        #expect(snapshot.assignment[VideoWorkflow.framer] == NodeName("w03"))
        #expect(snapshot.assignment[VideoWorkflow.mobilenet] == NodeName("w02"))
        #expect(snapshot.assignment[VideoWorkflow.facedetector] == NodeName("w01"), "what is not told stays")
        #expect(snapshot.replicas[VideoWorkflow.mobilenet] == 3)
    }
}
