/// What is kept of a node.
public struct Node: KubernetesObject, Hashable {
    /// The node's metadata.
    public let metadata: ObjectMetadata
    /// What is wanted of it.
    public let spec: Spec
    /// What it is like.
    public let status: Status

    /// What is wanted of a node.
    public struct Spec: Hashable, Sendable, Decodable {
        /// Whether it takes no new pods (cordon).
        public let unschedulable: Bool?
        /// Marks that keep pods away which do not tolerate them.
        public let taints: [Taint]?
    }

    /// A mark that keeps pods away.
    public struct Taint: Hashable, Sendable, Decodable {
        /// The key.
        public let key: String
        /// The value.
        public let value: String?
        /// "NoSchedule", "PreferNoSchedule" or "NoExecute".
        public let effect: String
    }

    /// What a node is like.
    public struct Status: Hashable, Sendable, Decodable {
        /// What pods may use: "cpu" in CPUs, "memory" in bytes, "pods" as a count.
        public let allocatable: [String: Quantity]?
        /// What it says of itself.
        public let conditions: [ObjectCondition]?
        /// Where it can be reached.
        public let addresses: [Address]?
    }

    /// An address of a node.
    public struct Address: Hashable, Sendable, Decodable {
        /// "InternalIP", "Hostname", ...
        public let type: String
        /// The address.
        public let address: String
    }

    /// Whether the node says that it is ready; one that has fallen silent does not.
    public var isReady: Bool { status.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false }
}
