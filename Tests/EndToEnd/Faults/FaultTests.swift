import Foundation
import Measures
import Simulation
import TestSupport
import Testing
import Uplink

/// What happens when parts are killed. Times are wall-clock medians of ten, so these run on demand: `make test-faults`.
@Suite(
    "Faults", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["REEVE_TEST_FAULTS"] != nil, "slow and timed: make test-faults"))
struct FaultTests {
    static let repetitions = 10

    /// Seconds until `condition` holds.
    private func seconds(_ what: Comment, until condition: () async throws -> Bool) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await eventually(what, condition)
        let elapsed = (clock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }

    private func report(_ what: String, _ seconds: [Double], limit: Double) throws {
        let quartiles = try #require(Quartiles(seconds))
        print(
            "\(what): median \(quartiles.median) s of \(seconds.count), from \(quartiles.minimum) to "
                + "\(quartiles.maximum), allowed \(limit)")
        #expect(quartiles.median <= limit, "\(what)")
    }

    @Test func `a killed agent is unknown within 5 s, the rest goes on, and a new one rejoins by itself`() async throws {
        try await LiveWorld.with(scenario: try .crowded(seed: 1, steps: 100_000, nodes: 4)) { world in
            try await eventually("decisions are taken") { (try world.session()?.requests ?? 0) > 10 }
            var noticed: [Double] = []
            var rejoined: [Double] = []
            for repetition in 0..<Self.repetitions {
                let node = LiveWorld.nodes[repetition % LiveWorld.nodes.count]
                world.kill(node)
                noticed.append(
                    try await seconds("\(node) is unknown") { try world.installation.nodes()?[node]?.state == "unknown" })
                let nodes = try #require(try world.installation.nodes())
                #expect(nodes[node]?.metrics.isEmpty == true, "an unknown node shows no values, idle least of all")
                #expect(nodes.filter { $0.key != node }.allSatisfy { $0.value.state == "known" })
                let before = try #require(try world.session()).requests
                try await eventually("decisions go on without \(node)") {
                    (try world.session()?.requests ?? 0) > before + 3
                }
                try world.startAgent(node)
                rejoined.append(
                    try await seconds("\(node) is known again") { try world.installation.nodes()?[node]?.state == "known" })
                #expect(try world.installation.nodes()?[node]?.counts.duplicateBatches == 0)
            }
            try report("a killed agent's node is unknown after", noticed, limit: 5)
            try report("a restarted agent's node is known after", rejoined, limit: 5)
        }
    }

    @Test func `a killed coordinator goes on from its last checkpoint within 2 s`() async throws {
        try await LiveWorld.with(scenario: try .crowded(seed: 1, steps: 100_000, nodes: 4)) { world in
            var recovered: [Double] = []
            for _ in 0..<Self.repetitions {
                let steps = try #require(try world.session()?.steps ?? 0)
                try await eventually("a checkpoint is due") { (try world.session()?.steps ?? 0) > steps + 15 }
                let before = try #require(try world.session())
                world.kill("coordinator")
                for node in LiveWorld.nodes { #expect(world.program(node)?.hasEnded == false) }
                try world.startCoordinator()
                recovered.append(
                    try await seconds("decisions are taken again") { (try world.session()?.requests ?? 0) >= 1 })
                let after = try #require(try world.session())
                #expect(after.id == before.id, "the session goes on")
                #expect(after.restored != nil && (after.steps ?? 0) + 11 >= (before.steps ?? 0))
                try await eventually("all nodes are known again") {
                    try world.installation.nodes()?.values.count { $0.state == "known" } == LiveWorld.nodes.count
                }
                let nodes = try #require(try world.installation.nodes())
                #expect(nodes.values.allSatisfy { $0.counts.duplicateBatches == 0 && $0.counts.lostBatches == 0 })
            }
            try report("a restarted coordinator decides again after", recovered, limit: 2)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small file system needs root"))
    func `a full disk while checkpointing is said, control goes on, and the checkpoint before it stays`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-small-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try #require(mount("tmpfs", folder.path, "tmpfs", 0, "size=8m") == 0)
        defer { umount2(folder.path, Int32(MNT_DETACH)) }
        try await LiveWorld.with(scenario: try .crowded(seed: 1, steps: 100_000, nodes: 4), checkpointFolder: folder.path) { world in
            let checkpoint = folder.appendingPathComponent("policy.checkpoint")
            try await eventually("a first checkpoint is there") { FileManager.default.fileExists(atPath: checkpoint.path) }
            try await eventually("the disk is filled") {
                let filler = folder.appendingPathComponent("filler-\(UUID().uuidString)")
                return (try? Data(count: 256 << 10).write(to: filler)) == nil
            }
            try await eventually("the coordinator says so") {
                try world.session()?.lastFailure?.contains("checkpoint") == true
            }
            let before = try #require(try world.session()).requests
            try await eventually("control goes on") { (try world.session()?.requests ?? 0) > before + 20 }
            let kept = try Data(contentsOf: checkpoint)
            world.kill("coordinator")
            #expect(try Data(contentsOf: checkpoint) == kept)
            try world.startCoordinator()
            try await eventually("the kept checkpoint is taken up") { try world.session()?.restored != nil }
        }
    }

    /// Six thousand batches, as many as ten minutes have at 100 ms, in one minute of a coordinator that does not run. What
    /// stood in the sockets when it stopped is read when it goes on, though the agent has dropped it by then as not
    /// acknowledged: at most as many batches as an uplink may leave unanswered. That both sides count alike where nothing
    /// is on the way is shown in virtual time.
    @Test(arguments: [("8MiB", false), ("64KiB", true)])
    func `a minute without a coordinator loses only what the buffer cannot hold`(
        buffer: String, overflows: Bool
    ) async throws {
        let installation = try Installation()
        try installation.makeKey(of: "w01")
        let tree = try installation.makeTree(of: "w01")
        let coordinator = try installation.startCoordinator()
        let agent = try installation.startAgent("w01", tree: tree, extra: ["--buffer", buffer])
        func counts() throws -> Installation.NodeAnswer.Counts? { try installation.nodes()?["w01"]?.counts }
        try await eventually("w01 is heard: \(agent.standardError)") { (try counts()?.acceptedBatches ?? 0) > 10 }
        let before = try #require(try counts())
        coordinator.send(SIGSTOP)
        try await Task.sleep(for: .seconds(60))
        coordinator.send(SIGCONT)
        // One that catches up takes batches of the past; one that has caught up shows the newest.
        try await eventually("w01 has caught up") {
            guard let node = try installation.nodes()?["w01"], let age = node.ageSeconds else { return false }
            return node.state == "known" && age < 0.5 && node.counts.acceptedBatches > before.acceptedBatches + 100
        }
        let after = try #require(try counts())
        let dropped = try #require(try installation.counters(of: "w01")["agent_dropped_batches_total"])
        let onTheWay = dropped - Double(after.lostBatches)
        #expect((0...Double(UplinkSettings().unansweredBatches)).contains(onTheWay), "\(onTheWay) batches")
        #expect((after.lostBatches > 0) == overflows)
        #expect(after.restarts == 0)
        print(
            "a minute without a coordinator, buffer \(buffer): \(after.acceptedBatches - before.acceptedBatches) batches taken, "
                + "\(after.lostBatches) lost, \(Int(onTheWay)) dropped on the way and taken, "
                + "\(after.duplicateBatches) sent twice")
        for program in [agent, coordinator] { program.send(SIGTERM) }
        for program in [agent, coordinator] { #expect(program.finish().exitCode == 0) }
    }
}
