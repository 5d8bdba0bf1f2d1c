import Kubernetes
import TestSupport
import Testing

/// Has the server know `kind` while `body` lasts, with `object` of it in `namespace`.
func withDefinition(
    _ admin: KubernetesClient, _ namespace: String, _ resource: ResourceKind, kind: String, _ object: JSONValue,
    _ body: () async throws -> Void
) async throws {
    let definitions = ResourceKind(
        group: "apiextensions.k8s.io", plural: "customresourcedefinitions", isNamespaced: false)
    let name = resource.description
    let schema: JSONValue = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
    try await admin.create(
        definitions,
        [
            "metadata": [
                "name": .string(name),
                "annotations": ["api-approved.kubernetes.io": "unapproved, test only"],
            ],
            "spec": [
                "group": .string(resource.group), "scope": "Namespaced",
                "names": [
                    "plural": .string(resource.plural), "kind": .string(kind),
                    "singular": .string(kind.lowercased()),
                ],
                "versions": [
                    [
                        "name": .string(resource.version), "served": true, "storage": true,
                        "schema": ["openAPIV3Schema": schema],
                    ]
                ],
            ],
        ] as JSONValue)
    var whole = object
    whole["apiVersion"] = .string(resource.apiVersion)
    whole["kind"] = .string(kind)
    let made = whole
    try await eventually("\(kind) is served") {
        await refusal { () throws(KubernetesError) in
            try await admin.create(resource, made, in: namespace)
        } == nil
    }
    // Objects can be made a moment before the server says that there are such.
    try await eventually("\(kind) is listed") {
        try #require(TestCluster.current).kubectl("api-versions").contains(resource.apiVersion)
    }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    try await admin.delete(definitions, named: name)
    try result.get()
}
