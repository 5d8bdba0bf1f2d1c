import ControlAPI
import FoundationEssentials
@testable import HTTPAPI
import HTTPClient
import TestSupport
import Testing

@Suite("What is served over HTTP", .timeLimit(.minutes(10)))
struct ServedTests {
    @Test func `health, readiness and metrics are there for monitoring`() async throws {
        let world = try TestWorld()
        let checks = [ReadinessCheck("journal") { nil }, ReadinessCheck("cluster") { "the cluster has not been seen yet" }]
        try await Stand.serve(world, checks: checks) { stand async throws in
            #expect(try await stand.ask(.get, "/healthz").text == #"{"isAlive":true}"#)
            let ready = try await stand.ask(.get, "/readyz")
            #expect(ready.status == 503)
            #expect(
                ready.text
                    == #"{"isReady":false,"parts":[{"isReady":true,"name":"journal"},{"isReady":false,"name":"cluster","reason":"the cluster has not been seen yet"}]}"#
            )
            let metrics = try await stand.ask(.get, "/metrics")
            #expect(metrics.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            for line in [
                #"reeve_instructions_per_cycle{node="w01",scope="system",source="msr",quality="derived"} 1.25"#,
                #"reeve_agent_gaps_total{node="w02",scope="system",source="agent",quality="measured"} 7"#,
                #"reeve_node_known{node="w02"} 1"#, #"reeve_node_samples_total{node="w01"} 1"#, "reeve_is_leader 1",
                #"reeve_harvest_lent_cpu_cores{node="w01"} 0.5"#, #"reeve_build_info{version="1.2.3"} 1"#,
                #"reeve_http_requests_total{route="getReadiness",status="5xx"} 1"#,
                #"reeve_proxy_worker_state{worker="http://127.0.0.1:5000",state="active"} 1"#,
                #"reeve_proxy_worker_latency_seconds_bucket{worker="http://127.0.0.1:5001",le="+Inf"} 0"#,
                #"reeve_proxy_refusals_total{reason="queue_full"} 0"#,
            ] { #expect(metrics.text.contains(line + "\n"), "\(line)") }
            #expect(!metrics.text.contains("c0_residency") && !metrics.text.contains("package_power"), "system alone")
            #expect(!metrics.text.contains("no name!") && !metrics.text.contains("} 9\n"), "names of agents take no place")
        }
    }

    @Test func `nodes' metrics are shown as finely as is configured`() async throws {
        try await Stand.serve(try TestWorld(), ["metrics: cpu"]) { stand async throws in
            let text = try await stand.ask(.get, "/metrics").text
            #expect(text.contains(#"reeve_c0_residency_ratio{node="w01",scope="cpu",cpu="3",source="msr",quality="measured"} 0.5"#))
            #expect(text.contains(#"reeve_package_power_watts{node="w01",scope="socket",socket="0","#))
        }
    }

    @Test func `what the query socket answers is answered here in the same words`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world) { stand async throws in
            let nodes = try await stand.get("/api/v1/nodes", as: NodesAnswer.self)
            #expect(nodes.nodes.map(\.node) == ["w01", "w02"])
            let counters = try await stand.get("/api/v1/nodes/w01/counters", as: CountersAnswer.self)
            #expect(counters.rows.count == 6)
            #expect(try await stand.get("/api/v1/status", as: StatusAnswer.self).version == "1.2.3")
            #expect(try await stand.get("/api/v1/functions", as: FunctionsAnswer.self).functions.first?.replicas == 2)
            let harvest = try await stand.get("/api/v1/harvest?node=w01", as: HarvestAnswer.self)
            #expect(harvest.nodes.first?.containers.count == 1)
        }
    }

    @Test(arguments: [
        ("/dashboard", 404, "not-found"), ("/api/v1", 404, "not-found"), ("/api/v1/nodes/", 404, "not-found"),
        ("/api/v1/nodes/w09/counters", 404, "not-found"), ("/api/v1/nodes?colour=red", 400, "bad-request"),
        ("/api/v1/decisions?limit=0", 400, "bad-request"), ("/api/v1/decisions?limit=1&limit=2", 400, "bad-request"),
        ("/api/v1/decisions/first", 400, "bad-request"), ("/api/v1/decisions/7", 404, "not-found"),
        ("/api/v1/nodes?limit=%zz", 400, "bad-request"), ("/api/v1/nodes/%FF/counters", 400, "bad-request"),
        ("/api/v1/runs", 404, "not-found"), ("/api/v1/events?topics=weather", 400, "bad-request"),
    ])
    func `what cannot be answered is told with its code`(path: String, status: Int, code: String) async throws {
        try await Stand.serve(try TestWorld()) { stand async throws in
            let response = try await stand.ask(.get, path)
            #expect(response.status == status)
            #expect(response.problem == code, "\(response.text)")
        }
    }

    @Test func `a method that a path does not know is told the ones it does`() async throws {
        try await Stand.serve(try TestWorld()) { stand async throws in
            let response = try await stand.ask(.patch, "/api/v1/interference", body: "{}")
            #expect(response.status == 405 && response.problem == "method-not-allowed")
            #expect(response.headers["Allow"] == "GET, HEAD, POST, DELETE")
            let head = try await stand.ask(.head, "/api/v1/interference")
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }

    @Test func `an answer that has not changed is not sent again`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world) { stand async throws in
            let first = try await stand.ask(.get, "/api/v1/decisions")
            let tag = try #require(first.headers["ETag"])
            #expect(first.headers["Date"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            let second = try await stand.ask(.get, "/api/v1/decisions", headers: ["If-None-Match": "\"x\", W/\(tag)"])
            #expect(second.status == 304 && second.body.isEmpty && second.headers["ETag"] == tag)
            try world.decide(1)
            let third = try await stand.ask(.get, "/api/v1/decisions", headers: ["If-None-Match": tag])
            #expect(third.status == 200 && third.headers["ETag"] != tag)
        }
    }

    @Test func `long lists come in pages that lead to one another`() async throws {
        let world = try TestWorld(nodes: ["w01", "w02", "w03"])
        for step in 1...5 { try world.decide(step) }
        try await Stand.serve(world) { stand async throws in
            #expect(try await pages(from: "/api/v1/decisions?after=0&limit=2", on: stand) == 3)
            #expect(try await pages(from: "/api/v1/nodes?limit=2", on: stand) == 2)
            #expect(try await pages(from: "/api/v1/containers?limit=1", on: stand) == 4, "three, and the end after them")
        }
    }

    /// How many pages there are from `path` on.
    private func pages(from path: String, on stand: Stand) async throws -> Int {
        var (next, count): (String?, Int) = (path, 0)
        while let path = next, count < 10 {
            let response = try await stand.ask(.get, path)
            #expect(response.status == 200, "\(response.text)")
            count += 1
            next = response.headers["Link"].map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        return count
    }
}
