public import Cluster
public import Topology

/// Everything a placement decision may look at, as it was at one moment.
public struct PlacementState: Sendable, Hashable {
    /// Where the functions are and which nodes are ready.
    public let snapshot: ClusterSnapshot
    /// What is known of each node over a window that began after the decision was asked for.
    public let metrics: [NodeName: NodeMetrics]
    /// The target of the request that is about to run.
    public let target: LatencyTarget
    /// Latency of the request before this one, in seconds; nil before the first and after one that failed.
    public let lastLatencySeconds: Double?

    /// A state as described.
    public init(
        snapshot: ClusterSnapshot, metrics: [NodeName: NodeMetrics], target: LatencyTarget, lastLatencySeconds: Double?
    ) {
        self.snapshot = snapshot
        self.metrics = metrics
        self.target = target
        self.lastLatencySeconds = lastLatencySeconds
    }

    /// Whether something may be moved to `node`: the cluster lists it as ready and its metrics are known. A node that
    /// is not heard of may be overloaded or gone, and is never taken for an idle one.
    public func mayReceive(_ node: NodeName) -> Bool {
        guard case .known? = metrics[node] else { return false }
        return snapshot.nodes.contains { $0.name == node }
    }
}

extension ClusterSnapshot {
    /// The replicas that `topology`'s scaled functions have in common; nil when there are none, one is not reported, or
    /// they differ.
    public func commonReplicas(in topology: SchedulingTopology) -> Int? {
        guard let first = topology.scaledFunctions.first, let count = replicas[first] else { return nil }
        return topology.scaledFunctions.allSatisfy { replicas[$0] == count } ? count : nil
    }

    /// How many of `topology`'s nodes hold at least one of its functions (sp of eq. 5.1).
    public func nodesInUse(in topology: SchedulingTopology) -> Int {
        Set(topology.functions.compactMap { assignment[$0] }).count
    }

    /// The node that holds all of `unit`'s functions; nil when they are apart or one's place is not known.
    public func node(of unit: MovableUnit) -> NodeName? {
        guard let first = unit.functions.first, let node = assignment[first] else { return nil }
        return unit.functions.allSatisfy { assignment[$0] == node } ? node : nil
    }
}
