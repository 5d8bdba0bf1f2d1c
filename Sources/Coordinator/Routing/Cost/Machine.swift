import Topology

/// What workers share cores on: their node where it is known, and otherwise the host of their address.
enum Machine: Hashable, Sendable {
    case node(NodeName)
    case host(String)

    init(of worker: Worker) {
        self = worker.specification.node.map { .node($0) } ?? .host(worker.specification.address.host)
    }
}
