import Telemetry
import Topology

/// Which connection has been told which interval: a pure value. An order goes out once to the connection that a node
/// speaks through, and again when the node comes back through another one, for its agent may be a new one or may have
/// missed it. An agent that hears an order twice does nothing the second time.
struct IntervalDispatch<Peer: Hashable> {
    private struct Connection {
        var peer: Peer
        var told: UInt32?
    }

    private var connections: [NodeName: Connection] = [:]
    /// Nodes whose connection may have to be told something.
    private var pending: Set<NodeName> = []
    private var revision: UInt64 = 0

    /// Notes that `node` speaks through `peer`.
    mutating func heard(_ node: NodeName, through peer: Peer) {
        guard connections[node]?.peer != peer else { return }
        connections[node] = Connection(peer: peer, told: nil)
        pending.insert(node)
    }

    /// The connection that `node` speaks through, nil when it is not known.
    func connection(of node: NodeName) -> Peer? { connections[node]?.peer }

    /// What `orders` ask of connections that have not been told; each is returned once.
    mutating func due(_ orders: IntervalOrders) -> [(node: NodeName, peer: Peer, milliseconds: UInt32)] {
        if orders.revision != revision {
            revision = orders.revision
            pending = Set(connections.keys)
        }
        guard !pending.isEmpty else { return [] }
        defer { pending = [] }
        return pending.sorted().compactMap { node in
            guard let connection = connections[node], let milliseconds = orders[node], connection.told != milliseconds
            else { return nil }
            connections[node]?.told = milliseconds
            return (node, connection.peer, milliseconds)
        }
    }

    /// Notes that `node` could not be told: the next message from it counts as a new connection.
    mutating func forget(_ node: NodeName) { connections[node] = nil }
}
