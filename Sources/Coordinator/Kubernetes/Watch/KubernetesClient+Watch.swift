import HTTPClient

extension KubernetesClient {
    /// Opens a watch on the objects of `kind` from `version` on, which the server ends after `seconds`, and which fails
    /// with `timeout` when it has not ended `graceSeconds` later. It is opened once: who watches decides what comes
    /// next.
    func watch<Object: KubernetesObject>(
        _ kind: ResourceKind, _ selection: ObjectSelection, from version: String, seconds: Int, graceSeconds: Int,
        as type: Object.Type
    ) async throws(KubernetesError) -> HTTPStream {
        var query = selection.parameters.map { (name: $0.0, value: $0.1) }
        query += [
            ("watch", "1"), ("resourceVersion", version), ("allowWatchBookmarks", "true"),
            ("timeoutSeconds", "\(seconds)"),
        ]
        var call = APICall(method: .get, path: kind.path(in: selection.namespace), query: query, isRepeatable: true)
        if Object.isMetadataOnly { call.accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" }
        return try await stream(call, deadlineMilliseconds: (seconds + graceSeconds) * 1_000)
    }
}
