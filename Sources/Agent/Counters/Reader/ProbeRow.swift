public import Topology

/// One line of what a node can tell, for people.
public struct ProbeRow: Hashable, Sendable {
    /// What is measured and of which part, from where and how well.
    public let column: Column
    /// The newest value in the metric's unit, nil when absent.
    public let value: Double?
}
