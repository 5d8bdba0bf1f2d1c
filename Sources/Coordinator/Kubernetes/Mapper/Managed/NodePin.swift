/// Ties pods to nodes within an affinity, which otherwise stays as it is.
enum NodePin {
    private static let terms = [
        "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms",
    ]
    private static let apart = ["podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"]
    /// The greatest weight that a preference can have (core/v1 validation).
    private static let greatestWeight: JSONValue = 100

    /// `affinity` with the pods tied to `nodes`; null stands for none. What was required before is required still: each
    /// of its terms, of which one must hold, must now hold together with one of the nodes.
    ///
    /// Nodes are named by `metadata.name`, which needs no label and is unique; the server takes one name a term.
    /// With several nodes, pods that carry `mark` are asked to keep apart, as far as there are nodes enough.
    static func pin(_ affinity: JSONValue, to nodes: [String], mark: String) -> JSONValue {
        var pinned: JSONValue = affinity.fields.map { .object($0) } ?? [:]
        let found = affinity[path: terms]?.elements ?? []
        // A term without requirements matches no node, and must not come to match one.
        let matching = found.filter { $0 != [:] }
        let bases = found.isEmpty ? [[:]] : matching
        if !bases.isEmpty {
            pinned[path: terms] = .array(bases.flatMap { base in nodes.map { require($0, in: base) } })
        }
        if nodes.count > 1 {
            pinned[path: apart] = .array((affinity[path: apart]?.elements ?? []) + [keepApart(mark)])
        }
        return pinned
    }

    /// The one node that `affinity` ties pods to; nil when it leaves them another, or none.
    static func node(in affinity: JSONValue) -> String? {
        let named = (affinity[path: terms]?.elements ?? []).map { term in
            (term["matchFields"]?.elements ?? []).filter {
                $0["key"]?.text == "metadata.name" && $0["operator"]?.text == "In"
            }.map { $0["values"]?.elements?.compactMap(\.text) ?? [] }
        }
        // One requirement may contradict another, and then no node fits.
        let nodes = Set(named.map { $0.count == 1 ? $0[0] : [] })
        guard nodes.count == 1, let only = nodes.first, only.count == 1 else { return nil }
        return only.first
    }

    private static func require(_ node: String, in term: JSONValue) -> JSONValue {
        var term = term
        let requirement: JSONValue = ["key": "metadata.name", "operator": "In", "values": [.string(node)]]
        term["matchFields"] = .array((term["matchFields"]?.elements ?? []) + [requirement])
        return term
    }

    private static func keepApart(_ mark: String) -> JSONValue {
        [
            "weight": greatestWeight,
            "podAffinityTerm": [
                "labelSelector": ["matchLabels": .object([ManagedNames.placementLabel: .string(mark)])],
                "topologyKey": "kubernetes.io/hostname",
            ],
        ]
    }
}
