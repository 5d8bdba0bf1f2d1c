/// What is kept of an object's metadata.
public struct ObjectMetadata: Hashable, Sendable, Codable {
    /// The object's name, unique among its kind in its namespace.
    public let name: String
    /// The namespace; nil for objects of the whole cluster.
    public let namespace: String?
    /// Tells this object from an earlier or later one of the same name.
    public let uid: String?
    /// The state that was read; may only be compared for equality.
    public let resourceVersion: String?
    /// Counts changes of what is wanted, not of what is.
    public let generation: Int64?
    /// Labels, by key.
    public let labels: [String: String]?
    /// When deletion was asked for; an object that has it is on its way out.
    public let deletionTimestamp: String?
    /// Who made it and whom it goes with.
    public let ownerReferences: [OwnerReference]?

    /// Metadata as described.
    public init(
        name: String, namespace: String? = nil, uid: String? = nil, resourceVersion: String? = nil,
        generation: Int64? = nil,
        labels: [String: String]? = nil, deletionTimestamp: String? = nil, ownerReferences: [OwnerReference]? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.generation = generation
        self.labels = labels
        self.deletionTimestamp = deletionTimestamp
        self.ownerReferences = ownerReferences
    }

    /// Namespace and name.
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}

/// Who made an object.
public struct OwnerReference: Hashable, Sendable, Codable {
    /// The owner's kind, such as "ReplicaSet".
    public let kind: String
    /// The owner's name.
    public let name: String
    /// The owner's uid.
    public let uid: String
}

/// Names an object among those of its kind.
public struct ObjectKey: Hashable, Sendable, CustomStringConvertible {
    /// The namespace; nil for objects of the whole cluster.
    public let namespace: String?
    /// The name.
    public let name: String

    /// The object `name` in `namespace`.
    public init(namespace: String?, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// "namespace/name", or the name alone.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }
}

/// An object that has metadata, as far as it is kept.
public protocol KubernetesObject: Decodable, Sendable {
    /// The object's metadata.
    var metadata: ObjectMetadata { get }
    /// Whether the server need not send anything but the metadata.
    static var isMetadataOnly: Bool { get }
}

extension KubernetesObject {
    /// The whole object is asked for.
    public static var isMetadataOnly: Bool { false }
}

/// An object of which only the metadata is kept, and only the metadata is asked for.
public struct MetadataOnly: KubernetesObject, Hashable {
    /// The object's metadata.
    public let metadata: ObjectMetadata
    /// Nothing else is asked for.
    public static var isMetadataOnly: Bool { true }
}

/// One of the states that an object says it is in or not.
public struct ObjectCondition: Hashable, Sendable, Codable {
    /// What it is about, such as "Ready".
    public let type: String
    /// "True", "False" or "Unknown".
    public let status: String
    /// A word for why.
    public let reason: String?
    /// A sentence for why.
    public let message: String?

    /// A condition as described.
    public init(type: String, status: String, reason: String? = nil, message: String? = nil) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
    }
}
