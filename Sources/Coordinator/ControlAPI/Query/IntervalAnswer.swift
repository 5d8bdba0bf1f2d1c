import Telemetry
import Topology

/// What `reeve interval` shows: how often nodes are to be sampled, and how often they are.
public struct IntervalAnswer: Codable, Sendable {
    /// One node.
    public struct Node: Codable, Sendable {
        /// The node's name.
        public var node: String
        /// What is ordered for it, in milliseconds; nil where its agent decides.
        public var orderedMilliseconds: UInt32?
        /// What its agent announced last, in milliseconds.
        public var intervalMilliseconds: UInt32
    }

    /// What is ordered for all nodes without an order of their own, in milliseconds.
    public var orderedMilliseconds: UInt32?
    /// The nodes by name.
    public var nodes: [Node]

    /// The answer about `node`, or about all nodes.
    init(_ state: TelemetryState, of node: NodeName?) {
        orderedMilliseconds = state.intervalOrders.forAll
        nodes = state.knownNodes.filter { node == nil || $0.node == node }.map { telemetry in
            Node(
                node: telemetry.node.rawValue, orderedMilliseconds: state.intervalOrders[telemetry.node],
                intervalMilliseconds: telemetry.intervalMilliseconds)
        }
    }
}
