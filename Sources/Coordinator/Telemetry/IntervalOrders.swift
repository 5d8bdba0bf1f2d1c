public import Topology

/// How often the coordinator wants nodes to be sampled: one order for all, and those for single nodes. Without an order
/// a node's agent keeps its own interval.
public struct IntervalOrders: Hashable, Sendable {
    /// The order for every node without one of its own, in milliseconds; it holds for agents yet to come, too.
    public private(set) var forAll: UInt32?
    private var byNode: [NodeName: UInt32] = [:]
    /// Raised with each order.
    public private(set) var revision: UInt64 = 0

    /// Orders for all nodes alone, or none.
    public init(forAll milliseconds: UInt32? = nil) { forAll = milliseconds }

    /// The order that holds for `node`, in milliseconds.
    public subscript(node: NodeName) -> UInt32? { byNode[node] ?? forAll }

    /// Orders an interval for one node, or for all: then orders for single nodes hold no longer.
    mutating func order(milliseconds: UInt32, of node: NodeName?) {
        revision += 1
        if let node {
            byNode[node] = milliseconds
        } else {
            forAll = milliseconds
            byNode = [:]
        }
    }
}
