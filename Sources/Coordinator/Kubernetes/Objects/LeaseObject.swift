/// A Lease of coordination.k8s.io/v1, which leader election writes back whole; fields that are not known here are kept.
public struct LeaseObject: KubernetesObject, Encodable, Hashable {
    /// The whole object.
    public private(set) var json: JSONValue

    /// A new lease with this name, held by nobody.
    public init(name: String, namespace: String) {
        json = [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": [:],
        ]
    }

    /// Decodes the whole object.
    public init(from decoder: any Decoder) throws { json = try JSONValue(from: decoder) }

    /// Encodes the whole object.
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

    /// Name, namespace, uid and version.
    public var metadata: ObjectMetadata {
        let text = { (key: String) in json[path: ["metadata", key]]?.text }
        return ObjectMetadata(
            name: text("name") ?? "", namespace: text("namespace"), uid: text("uid"),
            resourceVersion: text("resourceVersion"))
    }

    /// Who holds the lease; nil or empty for nobody.
    public var holderIdentity: String? {
        get { json[path: ["spec", "holderIdentity"]]?.text }
        set { json[path: ["spec", "holderIdentity"]] = newValue.map { .string($0) } }
    }

    /// For how long after its last change the lease is believed, in seconds.
    public var leaseDurationSeconds: Int64? {
        get { json[path: ["spec", "leaseDurationSeconds"]]?.whole }
        set { json[path: ["spec", "leaseDurationSeconds"]] = newValue.map { .integer($0) } }
    }

    /// How often the holder has changed.
    public var leaseTransitions: Int64? {
        get { json[path: ["spec", "leaseTransitions"]]?.whole }
        set { json[path: ["spec", "leaseTransitions"]] = newValue.map { .integer($0) } }
    }

    /// When the holder got it, as its clock had it (`WallTime.micro`).
    public var acquireTime: String? {
        get { json[path: ["spec", "acquireTime"]]?.text }
        set { json[path: ["spec", "acquireTime"]] = newValue.map { .string($0) } }
    }

    /// When the holder last renewed it, as its clock had it (`WallTime.micro`): others compare it for change only.
    public var renewTime: String? {
        get { json[path: ["spec", "renewTime"]]?.text }
        set { json[path: ["spec", "renewTime"]] = newValue.map { .string($0) } }
    }
}
