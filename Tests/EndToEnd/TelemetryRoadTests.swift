import Foundation
import Simulation
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
            tree.step(seconds: 0.02, activity)
            guard let metrics = try installation.nodes()?["w01"]?.metrics else { return false }
            return metrics["instructions_per_cycle"] == 1.5
        }
        agent.send(SIGTERM)
        #expect(agent.finish().exitCode == 0)
        coordinator.send(SIGTERM)
        #expect(coordinator.finish().exitCode == 0)
    }
}
