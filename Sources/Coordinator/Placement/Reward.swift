public import Topology

/// The reward of one request (Darly thesis, eq. 5.1):
///
///     N/sp + Rs/r + k1 (La/Lt)    when La <= Lt
///     max(-k2, -k3 - La/Lt)       otherwise
///
/// with La the achieved latency, Lt the target, N the nodes of the cluster, sp those in use, Rs the largest replica
/// count and r the one in use. N/sp and Rs/r outweigh the latency term, so the policy with the highest reward is not
/// the one with the fewest violations.
public struct Reward: Sendable, Hashable, Codable {
    /// Weight of the quotient of a request that kept its target. Not given in the sources; 1 is the project's choice.
    public var k1: Double
    /// Largest penalty, after the thesis' trials of 1 to 50.
    public var k2: Double
    /// Penalty before the quotient is counted. Not given in the sources; with 4 the penalty grows up to twice the
    /// target and is capped beyond, with 1 the cap would bind only beyond five times the target.
    public var k3: Double

    /// The reward with the given constants.
    public init(k1: Double = 1, k2: Double = 6, k3: Double = 4) {
        self.k1 = k1
        self.k2 = k2
        self.k3 = k3
    }

    /// The reward of a request that took `latencySeconds`; every count must be positive.
    public func value(
        latencySeconds: Double, target: LatencyTarget, nodes: Int, nodesInUse: Int, maximumReplicas: Int, replicas: Int
    ) -> Double {
        let quotient = target.quotient(ofLatencySeconds: latencySeconds)
        guard target.isMet(byLatencySeconds: latencySeconds) else { return max(-k2, -k3 - quotient) }
        return Double(nodes) / Double(nodesInUse) + Double(maximumReplicas) / Double(replicas) + k1 * quotient
    }
}
