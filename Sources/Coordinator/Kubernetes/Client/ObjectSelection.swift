/// Which objects of a kind are meant.
public struct ObjectSelection: Hashable, Sendable {
    /// The namespace; nil for all of them, or for kinds without.
    public var namespace: String?
    /// What their labels must be, such as "app=x,tier!=y".
    public var labels: String?
    /// What their fields must be, such as "spec.nodeName=w01,status.phase=Running".
    public var fields: String?

    /// The objects as described; by default all.
    public init(namespace: String? = nil, labels: String? = nil, fields: String? = nil) {
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }

    var parameters: [(String, String)] {
        [("labelSelector", labels), ("fieldSelector", fields)].compactMap { name, value in value.map { (name, $0) } }
    }
}

/// One page of a list.
public struct ObjectPage<Object: Decodable & Sendable>: Decodable, Sendable {
    /// What is known of the list itself.
    public struct Metadata: Decodable, Sendable {
        /// The state of the whole list: where a watch may begin.
        public let resourceVersion: String?
        /// Asks for the next page; nil or empty on the last.
        public let `continue`: String?
    }

    /// What is known of the list itself.
    public let metadata: Metadata
    /// The page's objects.
    public let items: [Object]

    private enum CodingKeys: CodingKey {
        case metadata, items
    }

    /// Decodes a list; an empty one may have null in the place of its items.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(Metadata.self, forKey: .metadata)
        items = try container.decodeIfPresent([Object].self, forKey: .items) ?? []
    }

    /// Asks for the next page; nil on the last.
    public var next: String? { metadata.continue.flatMap { $0.isEmpty ? nil : $0 } }
}
