import HTTPClient

extension KubernetesClient {
    /// How many pods the Deployment `name` shall have and has.
    public func scale(of name: String, in namespace: String) async throws(KubernetesError) -> Scale {
        try await get(.deployments, named: name, in: namespace, subresource: "scale")
    }

    /// Has the Deployment `name` have `replicas` pods; with `resourceVersion`, only if it is still in that state, else
    /// `conflict`.
    @discardableResult
    public func scale(
        _ name: String, in namespace: String, to replicas: Int, resourceVersion: String? = nil
    ) async throws(KubernetesError) -> Scale {
        var body: JSONValue = ["spec": ["replicas": .integer(Int64(replicas))]]
        if let resourceVersion { body["metadata"] = ["resourceVersion": .string(resourceVersion)] }
        return try await patch(
            .deployments, named: name, in: namespace, subresource: "scale", with: .merge(body), as: Scale.self)
    }

    /// Puts the pod `name`, which waits for a scheduler of its own, on `node`. The server checks neither whether there
    /// is room nor whether there is such a node; a pod that has a node already is `conflict`.
    public func bind(_ name: String, in namespace: String, to node: String) async throws(KubernetesError) {
        let binding: JSONValue = [
            "apiVersion": "v1", "kind": "Binding",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
        ]
        try await post(binding, to: "binding", of: name, in: namespace)
    }

    /// Takes the pod `name` away as far as budgets allow: what they do not is `disruptionBudget`. With `uid`, only that
    /// pod.
    public func evict(_ name: String, in namespace: String, uid: String? = nil) async throws(KubernetesError) {
        let version = try await features().evictionVersion
        var eviction: JSONValue = [
            "apiVersion": .string(version), "kind": "Eviction",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
        ]
        if let uid { eviction["deleteOptions"] = ["preconditions": ["uid": .string(uid)]] }
        try await post(eviction, to: "eviction", of: name, in: namespace)
    }

    /// Whether pods can be given more or less without being replaced (pods/resize, from Kubernetes 1.33 on).
    public func canResizePods() async throws(KubernetesError) -> Bool { try await features().hasPodResize }

    /// Gives the containers of the pod `name` other resources while it runs. Where the server has no such thing, the
    /// error is `notFound` and says so.
    @discardableResult
    public func resize(
        _ name: String, in namespace: String, containers: [String: Pod.Resources]
    ) async throws(KubernetesError) -> Pod {
        guard try await canResizePods() else {
            throw KubernetesError(
                .notFound,
                "pod \(namespace)/\(name) cannot be resized: \(access.server) has no pods/resize, which comes with Kubern"
                    + "etes 1.33"
            )
        }
        let list = containers.sorted { $0.key < $1.key }.map { name, resources -> JSONValue in
            ["name": .string(name), "resources": resources.json]
        }
        let patch: JSONValue = ["spec": ["containers": .array(list)]]
        return try await self.patch(
            .pods, named: name, in: namespace, subresource: "resize", with: .strategicMerge(patch), as: Pod.self)
    }

    private func post(
        _ object: JSONValue, to subresource: String, of name: String, in namespace: String
    ) async throws(KubernetesError) {
        let path = ResourceKind.pods.path(in: namespace, named: name, subresource: subresource)
        var call = APICall(method: .post, path: path, query: writing(false), isRepeatable: false)
        call.body = try encoded(object)
        _ = try await perform(call)
    }
}

extension Pod.Resources {
    /// The resources as a patch has them.
    var json: JSONValue {
        var json: JSONValue = [:]
        json["requests"] = requests.map { .object($0.mapValues { .string($0.text) }) }
        json["limits"] = limits.map { .object($0.mapValues { .string($0.text) }) }
        return json
    }
}
