/// What is kept of a Deployment.
public struct Deployment: KubernetesObject, Hashable {
    /// The deployment's metadata.
    public let metadata: ObjectMetadata
    /// What is wanted.
    public let spec: Spec
    /// What has become of it.
    public let status: Status

    /// What is wanted of a Deployment.
    public struct Spec: Hashable, Sendable, Decodable {
        /// How many pods there shall be; absent means one.
        public let replicas: Int?
        /// Whether changes are held back.
        public let paused: Bool?
        /// What its pods carry as labels.
        public let selector: Selector?
        /// What its pods are made after.
        public let template: Template?
    }

    /// Which pods belong to a Deployment.
    public struct Selector: Hashable, Sendable, Decodable {
        /// Labels that all must be there.
        public let matchLabels: [String: String]?
    }

    /// What pods are made after.
    public struct Template: Hashable, Sendable, Decodable {
        /// What its pods are labelled with.
        public let metadata: TemplateMetadata?
        /// The part of the pattern that placement reads.
        public let spec: TemplateSpec?
    }

    /// The part of a pattern's metadata that placement reads.
    public struct TemplateMetadata: Hashable, Sendable, Decodable {
        /// Labels, by key.
        public let labels: [String: String]?
    }

    /// The part of a pod's pattern that placement reads.
    public struct TemplateSpec: Hashable, Sendable, Decodable {
        /// Who is to find a node for the pods.
        public let schedulerName: String?
        /// Which nodes and neighbours the pods want, as it stands.
        public let affinity: JSONValue?
        /// The labels that a node must have.
        public let nodeSelector: [String: String]?
        /// The containers.
        public let containers: [Pod.Container]?
    }

    /// What has become of a Deployment.
    public struct Status: Hashable, Sendable, Decodable {
        /// The generation that this status speaks of.
        public let observedGeneration: Int64?
        /// Pods in all.
        public let replicas: Int?
        /// Pods after the present pattern.
        public let updatedReplicas: Int?
        /// Pods that are ready.
        public let readyReplicas: Int?
        /// Pods that have been ready long enough.
        public let availableReplicas: Int?
        /// What is said of it.
        public let conditions: [ObjectCondition]?
    }

    /// Whether every pod wanted is there after the present pattern, available, and no other is left.
    public var isRolledOut: Bool {
        let wanted = spec.replicas ?? 1
        return (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) && (status.updatedReplicas ?? 0) == wanted
            && (status.availableReplicas ?? 0) == wanted && (status.replicas ?? 0) == wanted
    }
}
