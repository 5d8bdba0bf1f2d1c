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

        static func + (left: Request, right: Request) -> Request {
            Request(cpus: left.cpus + right.cpus, bytes: left.bytes + right.bytes)
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

extension KubeScheduler.Request {
    /// What `count` pods of `function` request together. Ours: near what each uses.
    static func pods(of function: ScheduledFunction, count: Int) -> Self {
        let one =
            switch function {
            case .framer: Self(cpus: 1, bytes: 1e9)
            case .facedetector: Self(cpus: 0.5, bytes: 0.5e9)
            case .faceanalyzer, .mobilenet: Self(cpus: 0.2, bytes: 0.5e9)
            }
        return Self(cpus: one.cpus * Double(count), bytes: one.bytes * Double(count))
    }

    /// What the outputer's pod requests. Ours.
    static let outputer = Self(cpus: 0.1, bytes: 0.1e9)
}
