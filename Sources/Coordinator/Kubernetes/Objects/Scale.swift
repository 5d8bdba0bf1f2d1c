/// How many pods a workload shall have and has (autoscaling/v1).
public struct Scale: Hashable, Sendable, Decodable {
    /// The scaled object's metadata.
    public let metadata: ObjectMetadata
    /// What is wanted.
    public let spec: Spec
    /// What there is.
    public let status: Status?

    /// What is wanted.
    public struct Spec: Hashable, Sendable, Decodable {
        /// Pods wanted; absent means none, for the field is left out when it is 0.
        public let replicas: Int?
    }

    /// What there is.
    public struct Status: Hashable, Sendable, Decodable {
        /// Pods that are there.
        public let replicas: Int?
        /// The labels of the pods, as a selector.
        public let selector: String?
    }
}
