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
        for function in ScheduledFunction.allCases {
            assignment[function.name] = parameters.nodes[placement[function]].name
            counts[function.name] = replicas(of: function)
        }
        return ClusterSnapshot(
            nodes: parameters.nodes.map {
                NodeDescription(name: $0.name, virtualCPUs: $0.virtualCPUs, memoryBytes: $0.memoryBytes)
            },
            assignment: assignment, replicas: counts)
    }

    /// Moves `functions` to `node`; those already there stay as they are, warm. Throws `ClusterError.unknownSubject`,
    /// and moves nothing, when a function or the node is not known.
    public mutating func move(_ functions: [FunctionName], to node: NodeName) throws(ClusterError) {
        guard let index = parameters.nodes.firstIndex(where: { $0.name == node }) else {
            let known = parameters.nodes.map(\.name.rawValue).joined(separator: ", ")
            throw ClusterError(.unknownSubject, "the test bed has no node \(node): its nodes are \(known)")
        }
        place(try scheduled(functions), on: index)
    }

    /// Takes `functions` from their nodes and places them together where kube-scheduler would; returns its choice.
    /// Throws `ClusterError.refused` when no node has room for their requests; they then stay where they were.
    public mutating func reschedule(_ functions: [FunctionName]) throws(ClusterError) -> NodeName {
        let leaving = try scheduled(functions)
        var scheduler = KubeScheduler(parameters)
        scheduler.bind(.outputer, to: placement.outputer)
        for function in ScheduledFunction.allCases where !leaving.contains(function) {
            scheduler.bind(.pods(of: function, count: replicas(of: function)), to: placement[function])
        }
        let wanted = leaving.reduce(KubeScheduler.Request(cpus: 0, bytes: 0)) {
            $0 + .pods(of: $1, count: replicas(of: $1))
        }
        guard let choice = scheduler.choose(for: wanted) else {
            let names = functions.map(\.rawValue).joined(separator: ", ")
            throw ClusterError(
                .refused,
                "\(names) stay: no node has the \(wanted.cpus) CPUs and \(wanted.bytes) bytes they request free")
        }
        place(leaving, on: choice)
        return parameters.nodes[choice].name
    }

    /// Gives the models `replicas` replicas each; the new ones start beside the running ones, so nothing turns cold.
    /// Throws `ClusterError` when a function is not a model or the count is outside 1 to `maximumReplicas`.
    public mutating func scale(_ functions: [FunctionName], to replicas: Int) throws(ClusterError) {
        if let other = try scheduled(functions).first(where: { !$0.isModel }) {
            throw ClusterError(
                .refused, "\(other.name) runs with one replica: only faceanalyzer and mobilenet are scaled")
        }
        guard (1...VideoWorkflow.maximumReplicas).contains(replicas) else {
            throw ClusterError(
                .refused, "\(replicas) replicas are not possible: allowed is 1 to \(VideoWorkflow.maximumReplicas)")
        }
        self.replicas = replicas
    }

    /// Every function has answered: none is cold any more.
    public mutating func warm() { coldFunctions.removeAll() }

    private func replicas(of function: ScheduledFunction) -> Int {
        function.isModel ? replicas : 1
    }

    private func scheduled(_ names: [FunctionName]) throws(ClusterError) -> [ScheduledFunction] {
        var functions: [ScheduledFunction] = []
        for name in names {
            guard let function = ScheduledFunction(name) else {
                let known = VideoWorkflow.functions.map(\.rawValue).joined(separator: ", ")
                throw ClusterError(.unknownSubject, "the test bed has no function \(name): its functions are \(known)")
            }
            if !functions.contains(function) { functions.append(function) }
        }
        return functions
    }

    private mutating func place(_ functions: [ScheduledFunction], on node: Int) {
        for function in functions where placement[function] != node {
            placement[function] = node
            coldFunctions.insert(function.name)
        }
    }

    private static func nativePlacement(_ parameters: TestBedParameters) -> VideoPlacement {
        var scheduler = KubeScheduler(parameters)
        var placement = VideoPlacement(all: 0)
        for function in ScheduledFunction.allCases {
            let request = KubeScheduler.Request.pods(of: function, count: 1)
            guard let node = scheduler.choose(for: request) else { continue }
            scheduler.bind(request, to: node)
            placement[function] = node
        }
        placement.outputer = scheduler.choose(for: .outputer) ?? 0
        return placement
    }
}
