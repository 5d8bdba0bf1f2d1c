public import Cluster
public import Topology

/// The four nodes and the workflow's pods as a value: what placing, moving and scaling do, without time or noise.
public struct SimulatedCluster: Sendable, Hashable {
    /// A state to start from.
    public enum Start: Sendable, Hashable {
        /// Everything on the first node with `replicas` replicas of the models and as many queue workers: where the
        /// thesis' learners start.
        case allOnFirstNode(replicas: Int)
        /// What Kubernetes alone does: one replica of each function, deployed one after another wherever kube-scheduler
        /// puts it, and a fixed number of queue workers.
        case native(queueWorkers: Int)
    }

    /// The numbers behind the cluster.
    public let parameters: TestBedParameters
    /// Where everything runs.
    public private(set) var placement: VideoPlacement
    /// Replicas of each model.
    public private(set) var replicas: Int
    /// Functions whose pods were created since the last request.
    public private(set) var coldFunctions: Set<FunctionName> = []
    private let fixedQueueWorkers: Int?

    /// The cluster in its `start` state, every function warm.
    public init(_ parameters: TestBedParameters = .darly, start: Start) {
        self.parameters = parameters
        switch start {
        case .allOnFirstNode(let replicas):
            placement = VideoPlacement(all: 0)
            self.replicas = max(1, replicas)
            fixedQueueWorkers = nil
        case .native(let queueWorkers):
            placement = Self.nativePlacement(parameters)
            replicas = 1
            fixedQueueWorkers = max(1, queueWorkers)
        }
    }

    /// Asynchronous calls in flight at once: one per replica of the models unless the start fixed them.
    public var queueWorkers: Int { fixedQueueWorkers ?? replicas }

    /// The cluster as `ClusterControl` reports it: the scheduled functions only, not the outputer.
    public var snapshot: ClusterSnapshot {
        var assignment: [FunctionName: NodeName] = [:]
        var counts: [FunctionName: Int] = [:]
        for function in VideoWorkflow.functions {
            assignment[function] = placement[function].map { parameters.nodes[$0].name }
            counts[function] = replicas(of: function)
        }
        return ClusterSnapshot(
            nodes: parameters.nodes.map {
                NodeDescription(name: $0.name, virtualCPUs: $0.virtualCPUs, memoryBytes: $0.memoryBytes)
            },
            assignment: assignment, replicas: counts)
    }

    /// Moves `functions` to `node`; those already there stay as they are, warm. Throws `ClusterError.unknownSubject`, and
    /// moves nothing, when a function or the node is not known.
    public mutating func move(_ functions: [FunctionName], to node: NodeName) throws(ClusterError) {
        guard let index = parameters.nodes.firstIndex(where: { $0.name == node }) else {
            let known = parameters.nodes.map(\.name.rawValue).joined(separator: ", ")
            throw ClusterError(.unknownSubject, "the test bed has no node \(node): its nodes are \(known)")
        }
        try check(functions)
        place(functions, on: index)
    }

    /// Takes `functions` from their nodes and places them together where kube-scheduler would; returns its choice.
    /// Throws `ClusterError.refused` when no node has room for their requests; they then stay where they were.
    public mutating func reschedule(_ functions: [FunctionName]) throws(ClusterError) -> NodeName {
        try check(functions)
        let staying = VideoWorkflow.functions.filter { !functions.contains($0) }
        var scheduler = KubeScheduler(parameters)
        scheduler.bind(Self.request(of: nil), to: placement.outputer)
        for function in staying {
            guard let node = placement[function] else { continue }
            scheduler.bind(Self.request(of: function) * replicas(of: function), to: node)
        }
        let wanted = functions.map { Self.request(of: $0) * replicas(of: $0) }
        let total = KubeScheduler.Request(
            cpus: wanted.reduce(0) { $0 + $1.cpus }, bytes: wanted.reduce(0) { $0 + $1.bytes })
        guard let choice = scheduler.choose(for: total) else {
            let names = functions.map(\.rawValue).joined(separator: ", ")
            throw ClusterError(.refused, "no node has \(total.cpus) CPUs and \(total.bytes) bytes free for \(names)")
        }
        place(functions, on: choice)
        return parameters.nodes[choice].name
    }

    /// Gives the models `replicas` replicas each; the new ones start beside the running ones, so nothing turns cold.
    /// Throws `ClusterError` when a function is not a model or the count is outside 1 to `maximumReplicas`.
    public mutating func scale(_ functions: [FunctionName], to replicas: Int) throws(ClusterError) {
        try check(functions)
        if let other = functions.first(where: { !VideoWorkflow.models.contains($0) }) {
            throw ClusterError(.refused, "\(other) runs with one replica: only faceanalyzer and mobilenet are scaled")
        }
        guard (1...VideoWorkflow.maximumReplicas).contains(replicas) else {
            throw ClusterError(
                .refused, "\(replicas) replicas are not possible: allowed is 1 to \(VideoWorkflow.maximumReplicas)")
        }
        self.replicas = replicas
    }

    /// Every function has answered: none is cold any more.
    public mutating func warm() { coldFunctions.removeAll() }

    private func replicas(of function: FunctionName) -> Int {
        VideoWorkflow.models.contains(function) ? replicas : 1
    }

    private func check(_ functions: [FunctionName]) throws(ClusterError) {
        for function in functions where placement[function] == nil {
            let known = VideoWorkflow.functions.map(\.rawValue).joined(separator: ", ")
            throw ClusterError(.unknownSubject, "the test bed has no function \(function): it runs \(known)")
        }
    }

    private mutating func place(_ functions: [FunctionName], on node: Int) {
        for function in functions where placement[function] != node {
            if placement.place(function, on: node) { coldFunctions.insert(function) }
        }
    }

    private static func nativePlacement(_ parameters: TestBedParameters) -> VideoPlacement {
        var scheduler = KubeScheduler(parameters)
        var placement = VideoPlacement(all: 0)
        for function in VideoWorkflow.functions {
            guard let node = scheduler.choose(for: request(of: function)) else { continue }
            scheduler.bind(request(of: function), to: node)
            _ = placement.place(function, on: node)
        }
        placement.outputer = scheduler.choose(for: request(of: nil)) ?? 0
        return placement
    }

    /// What one pod of `function` asks kube-scheduler for; nil stands for the outputer. Ours: near what each uses.
    private static func request(of function: FunctionName?) -> KubeScheduler.Request {
        switch function {
        case VideoWorkflow.framer: KubeScheduler.Request(cpus: 1, bytes: 1e9)
        case VideoWorkflow.facedetector: KubeScheduler.Request(cpus: 0.5, bytes: 0.5e9)
        case VideoWorkflow.faceanalyzer, VideoWorkflow.mobilenet: KubeScheduler.Request(cpus: 0.2, bytes: 0.5e9)
        default: KubeScheduler.Request(cpus: 0.1, bytes: 0.1e9)
        }
    }
}
