/// What is kept of a pod.
public struct Pod: KubernetesObject, Hashable {
    /// The pod's metadata.
    public let metadata: ObjectMetadata
    /// What is wanted of it.
    public let spec: Spec
    /// What has become of it.
    public let status: Status

    /// What is wanted of a pod.
    public struct Spec: Hashable, Sendable, Decodable {
        /// The node that it is bound to; nil while it waits for one.
        public let nodeName: String?
        /// Who is to find a node for it.
        public let schedulerName: String?
        /// Its containers.
        public let containers: [Container]?
    }

    /// A container of a pod.
    public struct Container: Hashable, Sendable, Decodable {
        /// Its name in the pod.
        public let name: String
        /// What it asks for and may use at most.
        public let resources: Resources?
    }

    /// What a container asks for and may use at most.
    public struct Resources: Hashable, Sendable, Codable {
        /// What is set aside for it: "cpu" in CPUs, "memory" in bytes.
        public let requests: [String: Quantity]?
        /// What it may use at most.
        public let limits: [String: Quantity]?

        /// Resources as described.
        public init(requests: [String: Quantity]? = nil, limits: [String: Quantity]? = nil) {
            self.requests = requests
            self.limits = limits
        }
    }

    /// What has become of a pod.
    public struct Status: Hashable, Sendable, Decodable {
        /// "Pending", "Running", "Succeeded", "Failed" or "Unknown".
        public let phase: String?
        /// The address that it is reached at.
        public let podIP: String?
        /// What is said of it.
        public let conditions: [ObjectCondition]?
        /// What its containers have; known where pods can be resized.
        public let containerStatuses: [ContainerStatus]?
    }

    /// What has become of a container.
    public struct ContainerStatus: Hashable, Sendable, Decodable {
        /// Its name in the pod.
        public let name: String
        /// How often it was started again.
        public let restartCount: Int?
        /// What it really has.
        public let resources: Resources?
        /// What its node has granted it.
        public let allocatedResources: [String: Quantity]?
    }

    /// The condition `type`, if the pod has it.
    public func condition(_ type: String) -> ObjectCondition? { status.conditions?.first { $0.type == type } }

    /// Whether the pod serves: it says that it is ready and is not on its way out.
    public var isReady: Bool { metadata.deletionTimestamp == nil && condition("Ready")?.status == "True" }

    /// Why no node was found for the pod, or nil when one was or is still sought.
    public var unschedulableMessage: String? {
        guard let condition = condition("PodScheduled"), condition.status == "False",
            condition.reason == "Unschedulable"
        else {
            return nil
        }
        return condition.message ?? "no reason is given"
    }
}
