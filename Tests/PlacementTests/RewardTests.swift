import Placement
import Testing
import Topology

@Suite struct RewardTests {
    /// Latency, target, nodes in use, replicas, expected; four nodes, at most eight replicas.
    static let table: [(latency: Double, target: Double, inUse: Int, replicas: Int, expected: Double)] = [
        (35, 35, 1, 8, 4 + 1 + 1),
        (17.5, 35, 1, 8, 4 + 1 + 0.5),
        (26, 26, 2, 4, 2 + 2 + 1),
        (13, 26, 4, 1, 1 + 8 + 0.5),
        (39, 26, 1, 8, -5.5),
        (51.9999, 26, 1, 8, -4 - 51.9999 / 26),
        (52, 26, 1, 8, -6),
        (1000, 26, 1, 1, -6),
    ]

    @Test(arguments: table)
    func theRewardIsThatOfEquation51(
        row: (latency: Double, target: Double, inUse: Int, replicas: Int, expected: Double)
    ) throws {
        let value = Reward().value(
            latencySeconds: row.latency, target: try LatencyTarget(seconds: row.target), nodes: 4,
            nodesInUse: row.inUse, maximumReplicas: 8, replicas: row.replicas)
        #expect(abs(value - row.expected) < 1e-12)
    }

    @Test func theConstantsCount() throws {
        let target = try LatencyTarget(seconds: 10)
        let reward = Reward(k1: 3, k2: 50, k3: 1)
        func value(_ latency: Double) -> Double {
            reward.value(
                latencySeconds: latency, target: target, nodes: 1, nodesInUse: 1, maximumReplicas: 1, replicas: 1)
        }
        #expect(value(5) == 1 + 1 + 1.5)
        #expect(value(20) == -3)
        #expect(value(1000) == -50)
    }
}
