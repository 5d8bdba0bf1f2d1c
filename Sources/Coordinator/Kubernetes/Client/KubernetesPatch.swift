/// A change of an object, in one of the four forms that the API server takes.
public enum KubernetesPatch: Hashable, Sendable {
    /// Maps merge; lists merge by name where the field says so, else they are replaced; null deletes, and
    /// `"$patch": "replace"` drops what stands beside.
    case strategicMerge(JSONValue)
    /// Maps merge, every list is replaced, null deletes (RFC 7386).
    case merge(JSONValue)
    /// Operations in their order; a failing `test` or a missing path is 422 (RFC 6902).
    case operations([JSONValue])
    /// Server-side apply: what this manager wants to own. With `force`, fields are taken over from other managers;
    /// without, that is a conflict whose causes name them.
    case apply(JSONValue, force: Bool)

    /// The Content-Type that says which form it is.
    var contentType: String {
        switch self {
        case .strategicMerge: "application/strategic-merge-patch+json"
        case .merge: "application/merge-patch+json"
        case .operations: "application/json-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    /// The body; JSON is YAML too.
    var body: JSONValue {
        switch self {
        case .strategicMerge(let value), .merge(let value), .apply(let value, _): value
        case .operations(let operations): .array(operations)
        }
    }

    /// Whether the change, made twice, is the change made once. Operations may add to a list, and so may not be.
    var isRepeatable: Bool {
        if case .operations = self { return false }
        return true
    }
}
