public import Topology

/// A worker node as the cluster describes it.
public struct NodeDescription: Hashable, Sendable, Codable {
    /// The node's name.
    public let name: NodeName
    /// Virtual CPUs that functions may use.
    public let virtualCPUs: Int
    /// Memory that functions may use, in bytes.
    public let memoryBytes: UInt64

    /// A node as described.
    public init(name: NodeName, virtualCPUs: Int, memoryBytes: UInt64) {
        self.name = name
        self.virtualCPUs = virtualCPUs
        self.memoryBytes = memoryBytes
    }
}

/// Where everything is, as the cluster last reported it.
public struct ClusterSnapshot: Hashable, Sendable, Codable {
    /// The worker nodes that are there and ready.
    public let nodes: [NodeDescription]
    /// The node on which each function runs, or is about to: what was ordered counts before it can be seen, so that it
    /// is not ordered again.
    public let assignment: [FunctionName: NodeName]
    /// The replicas that each function is to have.
    public let replicas: [FunctionName: Int]
    /// Those of them that serve.
    public let readyReplicas: [FunctionName: Int]

    /// A snapshot as described; without `readyReplicas` all replicas serve.
    public init(
        nodes: [NodeDescription], assignment: [FunctionName: NodeName], replicas: [FunctionName: Int],
        readyReplicas: [FunctionName: Int]? = nil
    ) {
        self.nodes = nodes
        self.assignment = assignment
        self.replicas = replicas
        self.readyReplicas = readyReplicas ?? replicas
    }
}
