import HTTPClient
import Kubernetes
import Synchronization
import TestSupport
import Testing

extension ClusterTests {
    @Suite("Requests that may not be sent")
    struct WithheldTests {
        @Test func `what changes something is withheld for as long as somebody objects, and questions are not`() async throws {
            let cluster = try #require(TestCluster.current)
            let objection = Objection()
            objection.set("another coordinator leads")
            let transport = HTTPTransport()
            let client = KubernetesClient(
                access: try ClusterAccess.find(kubeconfig: cluster.kubeconfig), transport: transport,
                objection: { objection.text })
            let running = Task { try await transport.run() }
            defer { running.cancel() }
            try await withClient { admin in
                try await withNamespace(admin) { namespace in
                    let refused = await refusal { () throws(KubernetesError) in
                        try await client.create(.configMaps, configMap("m"), in: namespace)
                    }
                    #expect(refused?.code == .withheld)
                    #expect(refused?.description.contains("another coordinator leads") == true, "\(refused as Any)")
                    #expect(refused?.mayHaveBeenDone == false)
                    let known: [MetadataOnly] = try await client.list(.configMaps, ObjectSelection(namespace: namespace))
                    #expect(!known.contains { $0.metadata.name == "m" })
                    objection.set(nil)
                    try await client.create(.configMaps, configMap("m"), in: namespace)
                    objection.set("lost again")
                    let later = await refusal { () throws(KubernetesError) in
                        try await client.patch(
                            .configMaps, named: "m", in: namespace, with: .merge(["data": ["value": "2"]]))
                    }
                    #expect(later?.code == .withheld)
                    let stored: JSONValue = try await client.get(.configMaps, named: "m", in: namespace)
                    #expect(stored[path: ["data", "value"]] == "")
                }
            }
        }

        private final class Objection: Sendable {
            private let state = Mutex<String?>(nil)
            var text: String? { state.withLock { $0 } }
            func set(_ text: String?) { state.withLock { $0 = text } }
        }
    }
}
