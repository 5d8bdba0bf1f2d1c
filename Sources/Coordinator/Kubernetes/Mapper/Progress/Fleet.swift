import Cluster
import Topology

/// What the reflectors know at one moment, arranged by function.
struct Fleet: Sendable {
    private let nodes: [Node]
    private let deployments: [String: Deployment]
    private let pods: [String: [Pod]]

    init(nodes: some Sequence<Node>, deployments: some Sequence<Deployment>, pods: some Sequence<Pod>) {
        self.nodes = nodes.sorted { $0.metadata.name < $1.metadata.name }
        self.deployments = Dictionary(deployments.map { ($0.metadata.name, $0) }) { $1 }
        self.pods = Dictionary(grouping: pods.compactMap { pod in pod.deploymentName.map { ($0, pod) } }, by: \.0)
            .mapValues { $0.map(\.1) }
    }

    /// The names of the functions that reeve manages, sorted.
    var managed: [String] {
        deployments.values.filter { $0.metadata.labels?[ManagedNames.managedLabel] != nil }.map(\.metadata.name)
            .sorted()
    }

    /// The node on which most ready pods of `functions` are, the first by name of several; nil when none is ready.
    func node(of functions: [String]) -> NodeName? {
        var counts: [String: Int] = [:]
        for pod in functions.flatMap({ pods[$0] ?? [] }) where pod.isReady {
            if let node = pod.spec.nodeName { counts[node, default: 0] += 1 }
        }
        return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }.map { NodeName($0.key) }
    }

    /// The node of the function `name`, which has a ready pod: the one that it is tied to, where its pods find a place
    /// there, though they may still be on their way; else that of most of its ready pods. So what was ordered, by this
    /// coordinator or another before it, is not ordered again because its pods have yet to start.
    private func place(of name: String) -> NodeName? {
        guard let node = node(of: [name]) else { return nil }
        guard let deployment = deployments[name], let pin = deployment.spec.template?.spec?.affinity.flatMap(NodePin.node),
            deployment.obstacle(among: pods[name] ?? []) == nil
        else {
            return node
        }
        return NodeName(pin)
    }

    /// The cluster as placement sees it: ready nodes that run functions' pods, with what pods may use of them, CPUs
    /// rounded down; each function's node; and how many pods it is to have and has.
    var snapshot: ClusterSnapshot {
        let functions = deployments.keys
        return ClusterSnapshot(
            nodes: nodes.filter { $0.isReady && !$0.isControlPlane }.map { node in
                let cpus = (node.status.allocatable?["cpu"]?.nano ?? 0) / 1_000_000_000
                let memory = node.status.allocatable?["memory"]?.whole ?? 0
                return NodeDescription(
                    name: NodeName(node.metadata.name), virtualCPUs: Int(clamping: cpus),
                    memoryBytes: UInt64(clamping: memory))
            },
            assignment: Dictionary(
                uniqueKeysWithValues: functions.compactMap { name in
                    place(of: name).map { (FunctionName(name), $0) }
                }),
            replicas: Dictionary(
                uniqueKeysWithValues: deployments.map { (FunctionName($0), $1.spec.replicas ?? 1) }),
            readyReplicas: Dictionary(
                uniqueKeysWithValues: functions.map { name in
                    (FunctionName(name), (pods[name] ?? []).count { $0.isReady })
                }))
    }
}

extension Pod {
    /// The Deployment that the pod is of: its ReplicaSet is named after the Deployment and the pattern's hash, which
    /// the pod carries as a label.
    var deploymentName: String? {
        guard let hash = metadata.labels?["pod-template-hash"],
            let owner = metadata.ownerReferences?.first(where: { $0.kind == "ReplicaSet" }),
            owner.name.hasSuffix("-\(hash)")
        else {
            return nil
        }
        return String(owner.name.dropLast(hash.count + 1))
    }
}

extension Node {
    /// Whether the node is kept for the control plane: it says so and keeps other pods away.
    var isControlPlane: Bool {
        let roles = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"]
        return (spec.taints ?? []).contains { roles.contains($0.key) && $0.effect != "PreferNoSchedule" }
    }
}
