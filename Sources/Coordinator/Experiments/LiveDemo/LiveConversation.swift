import Foundation
import Placement
import Simulation
import Topology

/// What a live demo says to the coordinator beside what every demo says.
struct LiveConversation: Sendable {
    let coordinator: any DemoCoordinator
    /// What every demo says.
    let demo: DemoConversation
    private let pause: @Sendable () async throws -> Void

    /// Pressure ends by itself after so long, in seconds, should the demo not be there to end it.
    private static let pressureSeconds = 1_800

    /// A conversation with `coordinator`; `pause` and `note` as in `DemoConversation`.
    init(
        coordinator: any DemoCoordinator, pause: @escaping @Sendable () async throws -> Void,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.coordinator = coordinator
        self.pause = pause
        demo = DemoConversation(coordinator: coordinator, pause: pause, note: note)
    }

    /// One request for a run of the workflow.
    struct Request {
        let arguments: [String: String]

        init(_ settings: LiveDemoSettings, qosSeconds: Double) {
            arguments = [
                "workflow": LiveDemoSettings.workflow, "qosSeconds": "\(qosSeconds)",
                "input": #"{"video": "\#(settings.video)", "frames": \#(settings.frames), "interval": 1}"#,
            ]
        }
    }

    private struct Status: Decodable {
        struct Leadership: Decodable { let isLeading: Bool }
        let leadership: Leadership?
    }

    private struct Submitted: Decodable { let run: String }

    private struct Result: Decodable {
        struct Run: Decodable {
            let state: String
            let latencySeconds: Double?
        }
        let run: Run
    }

    private struct Functions: Decodable {
        struct Row: Decodable {
            let function: String
            let node: String?
            let replicas: Int?
        }
        let functions: [Row]
    }

    /// Asks `verb` once.
    func order(_ verb: String, _ arguments: [String: String] = [:]) async throws -> [UInt8] {
        try await coordinator.ask(verb, arguments)
    }

    private func ask<Answer: Decodable>(
        _ verb: String, _ arguments: [String: String] = [:], as type: Answer.Type
    ) async throws -> Answer {
        try JSONDecoder().decode(type, from: Data(try await order(verb, arguments)))
    }

    /// Waits until the coordinator may act.
    func waitForLeadership() async throws {
        while try await ask("status", as: Status.self).leadership?.isLeading != true { try await pause() }
    }

    /// Puts functions back as they were found, and lets placement act again.
    func putBack() async throws {
        _ = try await order("release")
        _ = try await order("resume")
    }

    /// Orders a session, which begins with the next request; returns the number of the present one.
    func start(_ scheduler: Scheduler, _ settings: LiveDemoSettings) async throws -> Int64? {
        let previous = try await ask("policy", as: DemoAnswers.Policy.self).session.id
        _ = try await order(
            "policy-start",
            [
                "scheduler": scheduler.rawValue, "preset": settings.preset.name, "seed": "\(settings.seed)",
                "steps": "\(settings.steps)",
            ])
        return previous
    }

    /// The number of the session that follows session `previous`, once it has begun.
    func session(after previous: Int64?) async throws -> Int64 {
        while true {
            let session = try await ask("policy", as: DemoAnswers.Policy.self).session
            if let id = session.id, id != previous { return id }
            if session.state == "idle", let failure = session.lastFailure {
                throw DemoCoordinatorError.refused("the session cannot be run: \(failure)")
            }
            try await pause()
        }
    }

    /// Has a run served and waits for its end; its latency, nil when it failed.
    func serve(_ request: Request) async throws -> Double? {
        let run = try await ask("run-submit", request.arguments, as: Submitted.self).run
        while true {
            let answer = try await ask("run-result", ["run": run], as: Result.self).run
            switch answer.state {
            case "waiting", "running": try await pause()
            case "completed": return answer.latencySeconds
            default: return nil
            }
        }
    }

    /// Keeps the share `cpu` of the cores of `node` busy; 0 for none.
    func press(_ node: NodeName, cpu: Double) async throws {
        if cpu > 0 {
            _ = try await order(
                "interfere",
                ["node": node.rawValue, "cpu": "\(cpu * 100)", "seconds": "\(Self.pressureSeconds)"])
        } else {
            _ = try await order("interference-stop", ["node": node.rawValue])
        }
    }

    /// Takes all pressure away.
    func relieve() async throws { _ = try await order("interference-stop") }

    /// Tells `bed` where the functions are that it has.
    func mirror(in bed: TestBed) async throws {
        let known = Set(VideoWorkflow.functions)
        for row in try await ask("functions", as: Functions.self).functions {
            let function = FunctionName(row.function)
            guard known.contains(function) else { continue }
            if let node = row.node { try bed.place([function], on: NodeName(node)) }
            if let replicas = row.replicas, VideoWorkflow.models.contains(function), replicas > 0 {
                try bed.setReplicas(replicas, of: VideoWorkflow.models)
            }
        }
    }

    /// The first `count` decisions of session `id`, once there are so many.
    func decisions(of id: Int64, count: Int) async throws -> [DecisionRecord] {
        while true {
            let records = try await demo.decisions(of: id)
            if records.count >= count { return Array(records.prefix(count)) }
            try await pause()
        }
    }
}
