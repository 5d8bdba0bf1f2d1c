import Cluster
import Synchronization
public import Topology

/// Everything in the namespace that has a say in what becomes of a function.
struct Surroundings: Sendable {
    var budgets: [DisruptionBudget] = []
    var quotas: [ResourceQuota] = []
    var horizontal: [JSONValue] = []
    var vertical: [JSONValue] = []
    var scaled: [JSONValue] = []

    /// Who else changes `deployment`. OpenFaaS labels the Deployment and its pods alike.
    func controllers(of deployment: ManagedDeployment) -> [ForeignController] {
        let own = deployment.json[path: ["metadata", "labels"]]?.fields ?? [:]
        let labels = deployment.podLabels.merging(own.compactMapValues(\.text)) { $1 }
        return ForeignController.those(
            on: deployment.name, labels: labels, horizontal: horizontal, vertical: vertical, scaled: scaled)
    }
}

extension ManagedDeployment {
    /// What the pods to come are labelled with.
    var podLabels: [String: String] {
        (json[path: ["spec", "template", "metadata", "labels"]]?.fields ?? [:]).compactMapValues(\.text)
    }
}

/// An object that is read whole.
struct WholeObject: KubernetesObject {
    let json: JSONValue
    var metadata: ObjectMetadata {
        ObjectMetadata(name: json[path: ["metadata", "name"]]?.text ?? "")
    }
    init(from decoder: any Decoder) throws { json = try JSONValue(from: decoder) }
}

extension FunctionMapper {
    /// What there is to know before `functions` are changed: the Deployments and what there is around them, read
    /// together, and a copy of the cluster that is kept up. Throws `ClusterError`.
    func situation(of functions: [FunctionName]) async throws -> ([ManagedDeployment], Surroundings) {
        try await awaitSync()
        async let surroundings = self.surroundings()
        var deployments: [ManagedDeployment] = []
        for function in functions { deployments.append(try await deployment(function)) }
        return (deployments, try await surroundings)
    }

    /// Who else changes `function` by rules of their own.
    public func foreignControllers(of function: FunctionName) async throws -> [ForeignController] {
        try await surroundings().controllers(of: try await deployment(function))
    }

    /// The Deployment of `function` as it is now. Throws `ClusterError`.
    func deployment(_ function: FunctionName) async throws -> ManagedDeployment {
        do {
            return try ManagedDeployment(
                try await ask { () throws(KubernetesError) in
                    try await client.get(.deployments, named: function.rawValue, in: settings.namespace)
                })
        } catch let error as ClusterError where error.code == .unknownSubject {
            throw ClusterError(
                .unknownSubject, "function \(function): there is no such deployment in \(settings.namespace)")
        }
    }

    /// What there is in the namespace now. Throws `ClusterError` when the server does not let it be known: what may be
    /// somebody else's is not changed.
    func surroundings() async throws -> Surroundings {
        let olderBudgets = ResourceKind(group: "policy", version: "v1beta1", plural: "poddisruptionbudgets")
        let olderVertical = ResourceKind(
            group: "autoscaling.k8s.io", version: "v1beta2", plural: "verticalpodautoscalers")
        async let budgets: [DisruptionBudget] = all([.disruptionBudgets, olderBudgets])
        async let quotas: [ResourceQuota] = all([.resourceQuotas])
        async let horizontal: [WholeObject] = all([.horizontalAutoscalers])
        // What is installed is asked each time: a scaler that has just come has a say too.
        let served = try await ask { () throws(KubernetesError) in try await client.servedVersions() }
        let vertical = [.verticalAutoscalers, olderVertical].filter { served.contains($0.apiVersion) }
        let scaled = [ResourceKind.scaledObjects].filter { served.contains($0.apiVersion) }
        async let verticalObjects: [WholeObject] = all(vertical)
        async let scaledObjects: [WholeObject] = all(scaled)
        return Surroundings(
            budgets: try await budgets, quotas: try await quotas, horizontal: try await horizontal.map(\.json),
            vertical: try await verticalObjects.map(\.json), scaled: try await scaledObjects.map(\.json))
    }

    /// All objects of the first of `kinds`, of one plural, that the server has; none when it has none of them. The one
    /// that it had the last time is asked for first.
    private func all<Object: KubernetesObject>(_ kinds: [ResourceKind]) async throws -> [Object] {
        let known = listed.withLock { listed in kinds.filter(listed.contains) }
        for kind in known + kinds.filter({ !known.contains($0) }) {
            do throws(KubernetesError) {
                let objects: [Object] = try await client.list(kind, ObjectSelection(namespace: settings.namespace))
                listed.withLock { listed in
                    listed.subtract(kinds)
                    listed.insert(kind)
                }
                return objects
            } catch {
                guard error.code == .notFound else {
                    throw ClusterError(
                        error.code == .forbidden ? .refused : .unreachable,
                        "whether a function is somebody else's to change cannot be told: \(error)")
                }
            }
        }
        return []
    }
}
