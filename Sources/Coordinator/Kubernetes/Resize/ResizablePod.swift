/// What must be known of a pod to give its containers other limits while it runs.
struct ResizablePod: KubernetesObject, Hashable {
    let metadata: ObjectMetadata
    let annotations: [String: String]
    let spec: Spec
    let status: Status

    struct Spec: Hashable, Sendable, Decodable {
        let containers: [Container]
        let initContainers: [Container]?
        /// What all containers have together, where that is laid down (from Kubernetes 1.34 on).
        let resources: Pod.Resources?
    }

    struct Container: Hashable, Sendable, Decodable {
        struct Policy: Hashable, Sendable, Decodable {
            let resourceName: String
            /// "NotRequired", or "RestartContainer" where a change of the resource restarts the container.
            let restartPolicy: String
        }

        let name: String
        let resources: Pod.Resources?
        let resizePolicy: [Policy]?
    }

    struct Status: Hashable, Sendable, Decodable {
        struct Container: Hashable, Sendable, Decodable {
            let name: String
            /// Such as "containerd://" and 64 digits.
            let containerID: String?
            /// What it really has.
            let resources: Pod.Resources?
        }

        let phase: String?
        /// "Guaranteed", "Burstable" or "BestEffort".
        let qosClass: String?
        /// The generation of what is wanted that its node has seen; known from Kubernetes 1.33 on.
        let observedGeneration: Int64?
        let conditions: [ObjectCondition]?
        let containerStatuses: [Container]?
    }

    private enum CodingKeys: CodingKey {
        case metadata, spec, status
    }

    private struct Annotated: Decodable {
        let annotations: [String: String]?
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMetadata.self, forKey: .metadata)
        annotations = try container.decode(Annotated.self, forKey: .metadata).annotations ?? [:]
        spec = try container.decode(Spec.self, forKey: .spec)
        status = try container.decode(Status.self, forKey: .status)
    }

    /// The name in the pod of the container with the id `containerID`, 64 digits; nil when it is not the pod's.
    func name(of containerID: String) -> String? {
        status.containerStatuses?.first { $0.containerID?.split(separator: "/").last.map(String.init) == containerID }?.name
    }

    /// What is wanted of the container `name`.
    func container(_ name: String) -> Container? { spec.containers.first { $0.name == name } }

    /// What the container `name` really has.
    func actual(_ name: String) -> Pod.Resources? { status.containerStatuses?.first { $0.name == name }?.resources }

    func condition(_ type: String) -> ObjectCondition? {
        status.conditions?.first { $0.type == type && $0.status == "True" }
    }
}

extension Pod.Resources {
    /// Whether this has all that is in `part`.
    func includes(_ part: Pod.Resources) -> Bool {
        func one(_ whole: [String: Quantity]?, _ part: [String: Quantity]?) -> Bool {
            (part ?? [:]).allSatisfy { whole?[$0.key] == $0.value }
        }
        return one(requests, part.requests) && one(limits, part.limits)
    }

    /// These resources with what is in `part` in place of their own.
    func replacing(_ part: Pod.Resources) -> Pod.Resources {
        func one(_ whole: [String: Quantity]?, _ part: [String: Quantity]?) -> [String: Quantity]? {
            guard let part else { return whole }
            return (whole ?? [:]).merging(part) { $1 }
        }
        return Pod.Resources(requests: one(requests, part.requests), limits: one(limits, part.limits))
    }
}
