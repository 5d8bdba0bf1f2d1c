import Cluster
@testable import ControlAPI
import FoundationEssentials
import HTTPClient
import Placement
import Testing
import Topology

@testable import HTTPAPI

@Suite("Everything at a glance", .timeLimit(.minutes(10)))
struct GlanceTests {
    @Test func `values come by columns, without those that nobody has`() async throws {
        try await Stand.serve(try TestWorld(nodes: ["w02", "w01"])) { stand async throws in
            let answer = try await stand.get(
                "/api/v1/values?metrics=instructions_per_cycle,no_such_metric,c0_residency_ratio", as: ValuesAnswer.self)
            #expect(answer.nodes.map(\.node) == ["w01", "w02"])
            #expect(answer.nodes.allSatisfy { $0.reason == nil && ($0.ageSeconds ?? -1) >= 0 })
            #expect(answer.columns.map(\.metric) == ["instructions_per_cycle", "no_such_metric", "c0_residency_ratio"])
            #expect(answer.columns.map(\.rows) == [[0, 1], [], []])
            #expect(answer.columns.map(\.values) == [[1.25, 1.25], [], []])
            let standard = try await stand.get("/api/v1/values", as: ValuesAnswer.self)
            #expect(standard.columns.map(\.metric) == ValuesAnswer.standardMetrics.map(\.name))
        }
    }

    @Test(arguments: [
        (0.0, 0.0), (1.23456789, 1.23457), (-1.23456789, -1.23457), (123_456_789, 123_456_789), (0.00012345678, 0.000123457),
        (1e-300, 0), (5e300, 5e300),
    ])
    func `values are told to six digits`(value: Double, told: Double) { #expect(ValuesAnswer.rounded(value) == told) }

    @Test func `requests are one line each, page by page, and a run beside its decision`() async throws {
        let world = try TestWorld()
        for step in 1...3 { try world.decide(step, seconds: step == 2 ? nil : 8, change: step == 3 ? "move framer to w02" : nil) }
        try world.journal.add(
            try RunRecord(workflow: "video", latencySeconds: 4, targetSeconds: 8, end: .completed))
        try world.journal.add(
            try RunRecord(workflow: "audio", latencySeconds: 4, targetSeconds: 8, end: .failed, reason: "no answer"))
        try await Stand.serve(world) { stand async throws in
            let all = try await stand.get("/api/v1/requests", as: RequestsAnswer.self).requests
            #expect(all.map(\.kind) == ["decision", "decision", "decision", "run", "run"])
            #expect(all.map(\.quotient) == [0.8, nil, 0.8, 0.5, nil])
            #expect(all.map(\.change) == [nil, nil, "move framer to w02", nil, nil])
            #expect(all.last?.failure == "no answer" && all.last?.latencySeconds == nil)
            let newest = try await stand.get("/api/v1/requests?limit=2", as: RequestsAnswer.self).requests
            #expect(newest.map(\.sequence) == all.suffix(2).map(\.sequence))
            let response = try await stand.ask(.get, "/api/v1/requests?after=0&limit=2")
            #expect(response.headers["Link"] == "</api/v1/requests?after=\(all[1].sequence)&limit=2>; rel=\"next\"")
            let next = try await stand.get("/api/v1/requests?after=\(all[1].sequence)&limit=2", as: RequestsAnswer.self)
            #expect(next.requests.map(\.sequence) == all[2...3].map(\.sequence))
        }
    }

    @Test func `the timeline has pressure, orders, sessions and limits in one order`() async throws {
        let world = try TestWorld()
        try world.journal.add(
            InterferenceRecord(try Interference(on: NodeName("w01"), cpu: 0.5, memory: 0.25, seconds: 60)))
        try world.journal.add(InterferenceRecord(relieved: NodeName("w01")))
        try world.journal.add(
            OrderRecord(verb: "pause", arguments: [:], asker: "admin", way: "http", address: nil, failure: "it stands by"))
        _ = try world.journal.begin(.init(scheduler: .custom, preset: "reeve", seed: 1, trainingSteps: 5, mode: .frozen))
        try await Stand.serve(world) { stand async throws in
            let events = try await stand.get("/api/v1/timeline", as: TimelineAnswer.self).events
            #expect(events.map(\.kind) == ["interference", "interference", "order", "session"])
            #expect(
                events.map(\.sentence) == [
                    "pressure of 50 % on processors, 25 % on memory for 60 s", "pressure taken away",
                    "admin ordered pause, not carried out: it stands by", "a session of custom begins, frozen",
                ])
            #expect(events.map(\.node) == ["w01", "w01", nil, nil] && events.map(\.seconds) == [60, 0, nil, nil])
            let later = try await stand.get("/api/v1/timeline?after=\(events[1].sequence)&limit=1", as: TimelineAnswer.self)
            #expect(later.events.map(\.sequence) == [events[2].sequence])
        }
    }

    @Test func `the status says which parts are switched on`() async throws {
        var world = try TestWorld()
        world.parts.harvest = nil
        try await Stand.serve(world) { stand async throws in
            let parts = try await stand.get("/api/v1/status", as: StatusAnswer.self).parts
            #expect(parts == ["telemetry", "placement", "store", "cluster", "interference", "routing", "history"])
        }
    }
}

extension RunRecord {
    fileprivate init(workflow: String, latencySeconds: Double, targetSeconds: Double, end: End, reason: String? = nil) throws {
        let json = """
            {"run":"r1","sequence":1,"workflow":"\(workflow)","targetSeconds":\(targetSeconds),"end":"\(end.rawValue)",
            \(reason.map { "\"reason\":\"\($0)\"," } ?? "")"latencySeconds":\(latencySeconds),"isServed":true,"spans":[]}
            """
        self = try JSONDecoder().decode(RunRecord.self, from: Data(json.utf8))
    }
}
