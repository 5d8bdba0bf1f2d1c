public import Cluster
public import Topology

extension FunctionMapper: ClusterControl {
    /// Where everything is, from the copies that the watches keep. Throws `ClusterError` while they are not kept up.
    public func observe() async throws -> ClusterSnapshot {
        try await awaitSync()
        return fleet.snapshot
    }

    /// Ties `functions` to `node`, in addition to what they require of nodes anyway, and returns once new pods serve
    /// there and the old ones are told to go. Throws `ClusterError` when it is refused beforehand, or was taken back,
    /// and `CancellationError` when the task is cancelled: what the server has by then it goes on with, and it can be
    /// released.
    public func move(_ functions: [FunctionName], to node: NodeName) async throws {
        try await place(functions, over: [node], "moving \(Self.list(functions)) to \(node)")
    }

    /// Ties `functions` to `nodes`, whichever their replicas are then on; they keep apart as far as the scheduler can
    /// have it so. Throws `ClusterError` as `move` does.
    public func spread(_ functions: [FunctionName], over nodes: [NodeName]) async throws {
        guard !nodes.isEmpty else { throw ClusterError(.refused, "functions are spread over at least one node") }
        let names = nodes.map(\.rawValue).joined(separator: ", ")
        try await place(functions, over: nodes, "spreading \(Self.list(functions)) over \(names)")
    }

    /// Takes `functions` from their nodes, has the cluster's scheduler find places for new pods, and returns the node
    /// that most of their pods are on. Throws `ClusterError` as `move` does.
    public func reschedule(_ functions: [FunctionName]) async throws -> NodeName {
        let what = "rescheduling \(Self.list(functions))"
        return try await exclusively(functions) {
            let (deployments, surroundings) = try await situation(of: functions)
            for deployment in deployments { try check(deployment, surroundings, what) }
            try await place(deployments, on: nil, as: what) { $0.placementByScheduler }
            guard let node = fleet.node(of: functions.map(\.rawValue)) else {
                throw ClusterError(.refused, "\(what): none of them has a pod that serves")
            }
            return node
        }
    }

    /// Gives each of `functions` `replicas` replicas through the scale subresource, and returns once they serve. Throws
    /// `ClusterError` when somebody else scales one of them, naming who, and as `move` does.
    public func scale(_ functions: [FunctionName], to replicas: Int) async throws {
        let what = "scaling \(Self.list(functions)) to \(replicas)"
        guard replicas >= 1 else { throw ClusterError(.refused, "\(what): a function has at least one replica") }
        try await exclusively(functions) {
            let (deployments, surroundings) = try await situation(of: functions)
            for deployment in deployments { try checkScale(deployment, to: replicas, surroundings, what) }
            try await resize(deployments, to: replicas, as: what)
        }
    }

    /// The functions that reeve manages: those that it has changed and not released. Throws `ClusterError` when that is
    /// not known.
    public func managedFunctions() async throws -> [FunctionName] {
        try await awaitSync()
        return fleet.managed.map { FunctionName($0) }
    }

    /// Puts `functions` back as they were found, or all that reeve manages when nil: affinity, strategy and replicas,
    /// where nobody else has changed them since, and takes label and annotation off. Pods that reeve placed are
    /// exchanged, as carefully as in a move. Returns the functions that were released.
    ///
    /// Throws `ClusterError` when one cannot be, such as when its new pods do not become ready; that one stays as it
    /// is, for its old pods serve, and those before it are released.
    @discardableResult
    public func release(_ functions: [FunctionName]? = nil) async throws -> [FunctionName] {
        let managed = try await managedFunctions()
        var released: [FunctionName] = []
        for function in functions ?? managed {
            try await exclusively([function]) {
                let deployment = try await self.deployment(function)
                guard let state = deployment.state else { return }
                try await release(deployment, function, state)
                released.append(function)
            }
        }
        return released
    }

    private func release(
        _ deployment: ManagedDeployment, _ function: FunctionName, _ state: FoundState
    ) async throws {
        let what = "releasing \(function)"
        if deployment.placementFound != deployment.placement {
            try await place([deployment], on: nil, as: what, clearing: true) { $0.placementFound }
        }
        let present = try await self.deployment(function)
        if let replaced = state.replicas, replaced.written.whole == Int64(present.replicas),
            let found = replaced.found.whole, found != Int64(present.replicas)
        {
            try await resize([present], to: Int(clamping: found), as: what)
        }
        try await tidy(function) { _ in FoundState() }
    }

    private func place(_ functions: [FunctionName], over nodes: [NodeName], _ what: String) async throws {
        try await exclusively(functions) {
            let (deployments, surroundings) = try await situation(of: functions)
            let names = nodes.map(\.rawValue)
            for deployment in deployments {
                for name in nodes {
                    let why = PlacementCheck.objection(to: deployment.template, on: node(name), named: name.rawValue)
                    if let why {
                        throw ClusterError(
                            node(name) == nil ? .unknownSubject : .refused, "\(what) is refused because \(why)")
                    }
                }
                // Where it is there already nothing is exchanged, and nobody needs to agree.
                if deployment.placement(on: names) != deployment.placement {
                    try check(deployment, surroundings, what)
                }
            }
            try await place(deployments, on: Set(names), as: what) { $0.placement(on: names) }
        }
    }

    /// Refuses to exchange the pods of `deployment` where somebody has laid down that they stay.
    private func check(_ deployment: ManagedDeployment, _ surroundings: Surroundings, _ what: String) throws {
        let labels = deployment.podLabels
        let surge = RolloutStrategy.surge(deployment.strategy, replicas: deployment.replicas)
        let objection =
            PlacementCheck.objection(toChanging: deployment) ?? PlacementCheck.objection(toExchanging: deployment)
            ?? surroundings.budgets.lazy.compactMap { $0.objection(toExchangingPodsLabelled: labels) }.first
            ?? surroundings.quotas.lazy.compactMap { $0.objection(to: surge, after: deployment.template) }.first
        if let objection {
            throw ClusterError(.refused, "\(what) is refused: for \(deployment.name), \(objection)")
        }
    }

    /// Refuses to scale `deployment` where somebody else does, or has laid down how many there may be.
    private func checkScale(
        _ deployment: ManagedDeployment, to replicas: Int, _ surroundings: Surroundings, _ what: String
    ) throws {
        if let controller = surroundings.controllers(of: deployment).first(where: { $0.claims(.replicas) }) {
            throw ClusterError(
                .refused, "\(what) is refused: \(controller) sets the replicas of \(deployment.name) already")
        }
        let labels = deployment.podLabels
        let more = replicas - deployment.replicas
        let objection =
            PlacementCheck.objection(toChanging: deployment)
            ?? (more < 0
                ? surroundings.budgets.lazy.compactMap { $0.objection(to: replicas, podsLabelled: labels) }.first
                : surroundings.quotas.lazy.compactMap { $0.objection(to: more, after: deployment.template) }.first)
        if let objection {
            throw ClusterError(.refused, "\(what) is refused: for \(deployment.name), \(objection)")
        }
    }

    private static func list(_ functions: [FunctionName]) -> String {
        functions.map(\.rawValue).joined(separator: ", ")
    }
}
