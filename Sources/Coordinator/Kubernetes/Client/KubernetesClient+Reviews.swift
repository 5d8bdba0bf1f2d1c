import HTTPClient

/// One thing that somebody may be allowed to do.
public struct AccessQuestion: Hashable, Sendable, CustomStringConvertible {
    /// "get", "list", "watch", "create", "update", "patch" or "delete".
    public let verb: String
    /// The kind in question.
    public let kind: ResourceKind
    /// A part of it, such as "scale".
    public let subresource: String?
    /// The namespace in question; nil for all, or for kinds without.
    public let namespace: String?

    /// Whether `verb` may be done to `kind`.
    public init(_ verb: String, _ kind: ResourceKind, subresource: String? = nil, in namespace: String? = nil) {
        self.verb = verb
        self.kind = kind
        self.subresource = subresource
        self.namespace = namespace
    }

    /// "patch deployments.apps/scale in openfaas-fn".
    public var description: String {
        "\(verb) \(kind)\(subresource.map { "/\($0)" } ?? "")\(namespace.map { " in \($0)" } ?? "")"
    }
}

/// What the server says to an access question.
public struct AccessAnswer: Hashable, Sendable {
    /// Whether it is allowed.
    public let isAllowed: Bool
    /// Why, where the server says so.
    public let reason: String?
}

extension KubernetesClient {
    /// Whether who asks may do this (SelfSubjectAccessReview).
    public func ask(_ question: AccessQuestion) async throws(KubernetesError) -> AccessAnswer {
        var attributes: JSONValue = [
            "verb": .string(question.verb), "group": .string(question.kind.group),
            "version": .string(question.kind.version),
            "resource": .string(question.kind.plural),
        ]
        attributes["subresource"] = question.subresource.map { .string($0) }
        attributes["namespace"] = question.namespace.map { .string($0) }
        let review: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": ["resourceAttributes": attributes],
        ]
        // A review changes nothing, so it may be asked again.
        var call = APICall(
            method: .post, path: ResourceKind.selfSubjectAccessReviews.path(), query: writing(false), isRepeatable: true
        )
        call.body = try encoded(review)
        let answer: JSONValue = try await read(call)
        let isAllowed = answer[path: ["status", "allowed"]] == .boolean(true)
        return AccessAnswer(isAllowed: isAllowed, reason: answer[path: ["status", "reason"]]?.text)
    }
}
