/// Where kube-scheduler would put a pod: it filters nodes whose requests leave no room and takes the one with the
/// highest mean of free CPU and free memory after placing, as shares of the node (NodeResourcesFit with the
/// LeastAllocated strategy, its default; Kubernetes documentation, "Scheduler Configuration").
///
/// It counts requests. Interference, real use and the speed of a node are nothing to it.
struct KubeScheduler: Sendable {
    /// What one pod requests.
    struct Request: Sendable, Hashable {
        let cpus: Double
        let bytes: Double

        static func * (request: Request, count: Int) -> Request {
            Request(cpus: request.cpus * Double(count), bytes: request.bytes * Double(count))
        }
    }

    /// Capacity and what is already requested, per node.
    struct NodeState: Sendable, Hashable {
        let cpus: Double
        let bytes: Double
        var requestedCPUs: Double
        var requestedBytes: Double
    }

    /// The nodes, the pods already placed among their requests.
    var nodes: [NodeState]

    /// The nodes of `parameters` with only the platform's pods.
    init(_ parameters: TestBedParameters) {
        nodes = parameters.nodes.map { node in
            NodeState(
                cpus: Double(node.virtualCPUs), bytes: Double(node.memoryBytes),
                requestedCPUs: node.platformRequestedCPUs, requestedBytes: node.platformRequestedBytes)
        }
    }

    /// Adds `request` to what `node` holds.
    mutating func bind(_ request: Request, to node: Int) {
        nodes[node].requestedCPUs += request.cpus
        nodes[node].requestedBytes += request.bytes
    }

    /// The best node for `request`, nil when it fits nowhere. Of equal nodes the first in order wins, where the real
    /// scheduler draws one at random: a placement then follows from the state alone.
    func choose(for request: Request) -> Int? {
        var best: (node: Int, score: Double)?
        for (index, node) in nodes.enumerated() {
            let freeCPUs = node.cpus - node.requestedCPUs - request.cpus
            let freeBytes = node.bytes - node.requestedBytes - request.bytes
            guard freeCPUs >= 0, freeBytes >= 0 else { continue }
            let score = (freeCPUs / node.cpus + freeBytes / node.bytes) / 2
            if best.map({ score > $0.score }) ?? true { best = (index, score) }
        }
        return best?.node
    }
}
