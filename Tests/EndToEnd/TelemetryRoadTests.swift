import Foundation
import Simulation
import TestSupport
import Testing

/// Counters of a virtual node travel through the agent's process, CURVE and the coordinator's process to the command.
@Suite("The telemetry road", .serialized)
struct TelemetryRoadTests {
    @Test func `a node's counters are visible in reeve nodes`() async throws {
        let installation = try Installation()
        try installation.makeKey(of: "w01")
        let tree = try installation.makeTree(of: "w01")
        let coordinator = try installation.startCoordinator()
        let agent = try installation.startAgent("w01", tree: tree)
        let activity = HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5, c6Share: 0.5)
        try await eventually("w01 shows an IPC of 1.5: \(coordinator.standardError) \(agent.standardError)") {
            let nodes = try installation.nodes { tree.step(seconds: 0.02, activity) }
            return nodes?["w01"]?.metrics["instructions_per_cycle"] == 1.5
        }
        agent.send(SIGTERM)
        #expect(agent.finish().exitCode == 0)
        coordinator.send(SIGTERM)
        #expect(coordinator.finish().exitCode == 0)
    }

    @Test func `an interval that is ordered reaches the agents, and those that come later`() async throws {
        let installation = try Installation()
        for node in ["w01", "w02"] { try installation.makeKey(of: node) }
        let trees = try ["w01", "w02"].map { try installation.makeTree(of: $0) }
        let coordinator = try installation.startCoordinator()
        let first = try installation.startAgent("w01", tree: trees[0])
        func interval(_ node: String) throws -> Int? { try installation.nodes()?[node]?.intervalMilliseconds }
        try await eventually("w01 is heard: \(coordinator.standardError)") { try interval("w01") == 10 }
        let told = try installation.reeve(["interval", "40ms", "--socket", installation.socket])
        #expect(told.contains("40ms") && told.contains("w01"))
        try await eventually("w01 samples every 40 ms") { try interval("w01") == 40 }
        let second = try installation.startAgent("w02", tree: trees[1])
        try await eventually("w02 samples every 40 ms from the start") { try interval("w02") == 40 }
        _ = try installation.reeve(["interval", "1s", "--node", "w02", "--socket", installation.socket])
        try await eventually("w02 samples every second") { try interval("w02") == 1_000 }
        #expect(try interval("w01") == 40)
        first.kill()
        _ = first.finish()
        let third = try installation.startAgent("w01", tree: trees[0])
        try await eventually("a new agent of w01 samples every 40 ms") {
            try installation.nodes()?["w01"].map { $0.counts.restarts == 1 && $0.intervalMilliseconds == 40 } ?? false
        }
        let (code, _, error) = try Program.run("reeve", ["interval", "5ms", "--socket", installation.socket])
        #expect(code == 2 && error.contains("10ms to 1m"))
        for program in [second, third, coordinator] { program.send(SIGTERM) }
        for program in [second, third, coordinator] { #expect(program.finish().exitCode == 0) }
    }

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["REEVE_TEST_ALONE"] != nil,
            "a value is missed where the agent does not get its turns: make test runs it by itself"))
    func `what a fast agent reads seldom stays shown between its values`() async throws {
        let installation = try Installation()
        try installation.makeKey(of: "w01")
        let tree = try installation.makeTree(of: "w01")
        let coordinator = try installation.startCoordinator()
        let agent = try installation.startAgent("w01", tree: tree, extra: ["--slow-interval", "2000"])
        let activity = HardwareActivity(
            utilisation: 0.25, instructionsPerCycle: 1.5, memoryReadBytesPerSecond: 3_840_000_000, c6Share: 0.5)
        func w01() throws -> Installation.NodeAnswer? {
            try installation.nodes { tree.step(seconds: 0.02, activity) }?["w01"]
        }
        let memory = "memory_read_bytes_per_second"
        try await eventually("w01 shows its memory traffic: \(coordinator.standardError) \(agent.standardError)") {
            try w01()?.metrics[memory] != nil
        }
        // For longer than its period, and a hundred windows of 20 ms: each sample is a batch of its own. After a gap, in which
        // a busy machine let the agent stand still, every baseline begins anew, and so does the counting: with the first value
        // that is not the one from before.
        func gaps() throws -> Double? { try installation.counters(of: "w01")["agent_gaps_total"] }
        var known = try gaps()
        var stale: Double?
        var first: Int?
        try await eventually("300 more samples came: \(agent.standardError)") {
            guard let answer = try w01(), answer.state == "known" else { return false }
            let now = try gaps()
            guard now == known else {
                (known, stale, first) = (now, try w01()?.metrics[memory], nil)
                return false
            }
            guard let start = first else {
                if let value = answer.metrics[memory], value != stale { first = answer.counts.acceptedBatches }
                return false
            }
            #expect(answer.metrics[memory] != nil, "after \(answer.counts.acceptedBatches - start) samples")
            return answer.counts.acceptedBatches >= start + 300
        }
        for program in [agent, coordinator] { program.send(SIGTERM) }
        for program in [agent, coordinator] { #expect(program.finish().exitCode == 0) }
    }

    @Test func `the agent writes its metrics for node_exporter, and takes them away when it ends`() async throws {
        let installation = try Installation()
        try installation.makeKey(of: "w01")
        let tree = try installation.makeTree(of: "w01")
        let file = installation.path("reeve.prom").path
        let agent = try installation.startAgent("w01", tree: tree, extra: ["--textfile", file])
        let activity = HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5, c6Share: 0.5)
        try await eventually("the file tells w01's IPC: \(agent.standardError)") {
            tree.step(seconds: 0.02, activity)
            let text = try? String(contentsOfFile: file, encoding: .utf8)
            return text?.contains("reeve_instructions_per_cycle{node=\"w01\",scope=\"system\"") == true
        }
        agent.send(SIGTERM)
        #expect(agent.finish().exitCode == 0)
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func `an agent of a hypervisor speaks for its guests, each with its own CPUs and key`() async throws {
        let installation = try Installation()
        for node in ["w02", "w03"] { try installation.makeKey(of: node) }
        let tree = try installation.makeTree(of: "w01")
        let coordinator = try installation.startCoordinator()
        let yaml = """
            coordinator: tcp://127.0.0.1:\(installation.port)
            coordinatorKey: \(installation.path("coordinator.pub").path)
            interval: 10ms
            slowInterval: 10ms
            budget: 100%
            source: msr
            msrRoot: \(tree.msrRoot)
            sysfsRoot: \(tree.sysfsRoot)
            procRoot: \(tree.procRoot)
            guests:
              - {node: w02, cpus: 0-1, key: \(installation.path("w02.key").path)}
              - {node: w03, cpus: 2-3, key: \(installation.path("w03.key").path)}
            """
        try yaml.write(to: installation.path("agent.yaml"), atomically: true, encoding: .utf8)
        let agent = try Program("reeve-agent", ["run", "--config", installation.path("agent.yaml").path])
        let activity = HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5, c6Share: 0.5)
        try await eventually("both guests show an IPC of 1.5: \(coordinator.standardError) \(agent.standardError)") {
            let nodes = try installation.nodes { tree.step(seconds: 0.02, activity) }
            return ["w02", "w03"].allSatisfy { nodes?[$0]?.metrics["instructions_per_cycle"] == 1.5 }
        }
        for (node, cpus) in [("w02", ["cpu 0", "cpu 1"]), ("w03", ["cpu 2", "cpu 3"])] {
            let scopes = Set(try installation.counterScopes(of: node)).filter { $0.hasPrefix("cpu") }
            #expect(scopes == Set(cpus), "\(node)")
        }
        #expect(try installation.nodes()?["w01"] == nil)
        for program in [agent, coordinator] { program.send(SIGTERM) }
        for program in [agent, coordinator] { #expect(program.finish().exitCode == 0) }
    }
}
