import Foundation
import Simulation
import TestSupport
import Testing

/// The whole road: counters of virtual nodes, agents, CURVE, the coordinator's learner, the simulated cluster.
@Suite("Live placement", .serialized)
struct LivePlacementTests {
    @Test func `a coordinator learns from four agents and can explain what it did`() async throws {
        try await LiveWorld.with(scenario: try .thesisTraining()) { world in
            try await eventually("120 requests are served") { (try world.session()?.requests ?? 0) >= 120 }
            let nodes = try #require(try world.installation.nodes())
            #expect(nodes.keys.sorted() == LiveWorld.nodes)
            #expect(nodes.values.allSatisfy { $0.state == "known" && $0.counts.lostBatches == 0 })
            let explained = try world.installation.reeve(["explain", "--socket", world.installation.socket])
            for part in ["was chosen by", "0 TO 20", "w03 c0_residency_ratio", "move framer to w02", "latency:", "reward:", "ran with:"] {
                #expect(explained.contains(part), "no \"\(part)\" in \(explained)")
            }
            for verb in ["status", "nodes", "functions", "decisions", "policy"] {
                let text = try world.installation.reeve([verb, "--socket", world.installation.socket])
                #expect(!text.isEmpty)
            }
        }
    }

    @Test func `a session begins with what an experiment has learnt`() async throws {
        let trained = FileManager.default.temporaryDirectory.appending(path: "reeve-\(UUID().uuidString).checkpoint").path
        defer { try? FileManager.default.removeItem(atPath: trained) }
        let (code, _, error) = try Program.run(
            "reeve", ["experiment", "darly", "--steps", "30", "--checkpoint", trained, "--json", "-"])
        try #require(code == 0, "\(error)")
        try await LiveWorld.with(scenario: try .thesisTraining(), placement: "  warmStart: \(trained)") { world in
            try await eventually("requests are served") { (try world.session()?.requests ?? 0) > 3 }
            let session = try #require(try world.session())
            #expect(session.restored == "from \(trained), after 29 steps there", "\(session)")
            #expect(try #require(session.steps) > 29)
        }
    }

    @Test func `a configuration that names a node the cluster lacks ends with exit code 2`() async throws {
        try await LiveWorld.with(scenario: try .thesisTraining(), placement: "  scheduler: fullmap") { world in
            world.kill("coordinator")
            let file = world.installation.path("coordinator.yaml")
            let yaml = try String(contentsOf: file, encoding: .utf8)
            try yaml.replacingOccurrences(of: "[w01, w02, w03, w04]", with: "[w01, w07]")
                .write(to: file, atomically: true, encoding: .utf8)
            let (code, _, error) = try Program.run("reeve-coordinator", ["serve", "--config", file.path])
            #expect(code == 2)
            #expect(error.contains("placement.nodes names w07") && error.contains("w01, w02, w03, w04"))
        }
    }
}
