public import Topology

/// Pressure that an experiment puts on a node beside its functions: the share of each resource that is taken, as iBench
/// does (Delimitrou and Kozyrakis, IISWC 2013).
public struct Interference: Hashable, Sendable {
    /// The node.
    public var node: NodeName
    /// The share of its cores, 0 to 1.
    public var cpu: Double
    /// The share of its cores whose work empties the last-level cache, 0 to 1.
    public var cache: Double
    /// The share of its cores whose work fills the way to the memory, 0 to 1.
    public var memory: Double
    /// How long it lasts, in seconds.
    public var seconds: Int

    /// Pressure as described. Throws `ClusterError.refused` when there is none, when a share is not one, or when it lasts
    /// less than a second or more than a day.
    public init(
        on node: NodeName, cpu: Double = 0, cache: Double = 0, memory: Double = 0, seconds: Int
    ) throws(ClusterError) {
        for (name, share) in [("cpu", cpu), ("cache", cache), ("memory", memory)] where !(0...1).contains(share) {
            throw ClusterError(.refused, "\(name) is \(share * 100) %: allowed are 0 to 100 %")
        }
        guard cpu > 0 || cache > 0 || memory > 0 else {
            throw ClusterError(.refused, "there is no pressure to put on \(node): cpu, cache or memory must be above 0 %")
        }
        guard (1...86_400).contains(seconds) else {
            throw ClusterError(.refused, "pressure cannot last \(seconds) s: allowed are 1 s to a day")
        }
        self.node = node
        self.cpu = cpu
        self.cache = cache
        self.memory = memory
        self.seconds = seconds
    }
}

/// Puts pressure on nodes for experiments: implemented by the simulated test bed and by Kubernetes. Pressure ends by
/// itself, also when whoever asked for it is gone.
public protocol InterferenceControl: Sendable {
    /// Puts `interference` on its node, in place of what was there. Throws `ClusterError`.
    func press(_ interference: Interference) async throws

    /// What is on the nodes. Throws `ClusterError`.
    func pressures() async throws -> [Interference]

    /// Takes away what is on `node`, nil for all nodes; returns the nodes on which there was something. Throws
    /// `ClusterError`.
    func relieve(_ node: NodeName?) async throws -> [NodeName]
}
