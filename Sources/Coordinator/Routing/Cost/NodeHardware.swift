public import Topology

/// What telemetry knows of the node under a worker. What it does not know is nil, never zero.
public struct NodeHardware: Hashable, Sendable {
    /// The node's logical CPUs.
    public var logicalCPUs: Int?
    /// The share of their time in which they execute instructions, 0 to 1.
    public var busyShare: Double?

    /// Hardware as described.
    public init(logicalCPUs: Int?, busyShare: Double?) {
        self.logicalCPUs = logicalCPUs
        self.busyShare = busyShare
    }

    /// A node with `logicalCPUs` whose newest metrics are `metrics`: C0 residency is how busy it is; a node that has
    /// not been heard of is unknown, not idle.
    public init(logicalCPUs: Int?, metrics: NodeMetrics) {
        self.init(logicalCPUs: logicalCPUs, busyShare: metrics.value(.c0Residency).map { min(max($0, 0), 1) })
    }

    /// CPUs at work, whoever's work it is; nil when one of the two is not known.
    var busyCPUs: Double? {
        guard let logicalCPUs, let busyShare else { return nil }
        return Double(logicalCPUs) * busyShare
    }
}
