import HTTPClient
import Kubernetes
import TestSupport
import Testing

/// Resources of running pods, where the server can change them.
@Suite(.timeLimit(.minutes(10))) struct PodResizeTests {
    private func with(_ body: (KubernetesClient, ResizeServer) async throws -> Void) async throws {
        let (transport, server) = (HTTPTransport(), try await ResizeServer())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transport.run() }
            group.addTask { try await server.run() }
            let result: Result<Void, any Error>
            do {
                let folder = try TemporaryFolder()
                try folder.write(
                    """
                    clusters: [{name: c, cluster: {server: "\(try await server.url())"}}]
                    contexts: [{name: x, context: {cluster: c}}]
                    current-context: x
                    """, to: "config")
                let access = try ClusterAccess.find(kubeconfig: "\(folder.path)/config")
                result = .success(try await body(KubernetesClient(access: access, transport: transport), server))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            // Both end by being cancelled, which the server calls an error.
            while await group.nextResult() != nil {}
            try result.get()
        }
    }

    @Test func `containers are given other resources, and what they have is told apart from that`() async throws {
        try await with { client, server in
            #expect(try await client.canResizePods())
            let pod = try await client.resize(
                "p", in: "fn",
                containers: [
                    "c": Pod.Resources(
                        requests: ["cpu": Quantity(milli: 1_500)], limits: ["cpu": Quantity(milli: 2_000)])
                ])
            #expect(pod.spec.containers?.first?.resources?.requests?["cpu"] == Quantity("1500m"))
            let container = pod.status.containerStatuses?.first
            #expect(container?.resources?.requests?["cpu"] == Quantity("250m"))
            #expect(container?.allocatedResources?["cpu"] == Quantity("250m"))
            #expect(pod.condition("PodResizePending")?.reason == "Deferred")
            let resources: JSONValue = ["requests": ["cpu": "1500m"], "limits": ["cpu": "2"]]
            #expect(
                server.seen.last
                    == ResizeServer.Seen(
                        method: "PATCH", path: "/api/v1/namespaces/fn/pods/p/resize",
                        contentType: "application/strategic-merge-patch+json",
                        body: ["spec": ["containers": [["name": "c", "resources": resources]]]]))
            try await client.resize(
                "p", in: "fn", containers: ["c": Pod.Resources(requests: ["cpu": Quantity(milli: 1_000)])])
            #expect(server.seen.count { $0.method == "GET" } == 1, "what the server can do is asked once")
        }
    }

    @Test func `what a node or a pod's class does not allow is refused with the reason`() async throws {
        try await with { client, _ in
            let large = await refusal { () throws(KubernetesError) in
                try await client.resize(
                    "p", in: "fn", containers: ["c": Pod.Resources(requests: ["cpu": Quantity(milli: 64_000)])])
            }
            #expect(large?.code == .forbidden)
            #expect(large?.causes.map(\.reason) == ["NodeCapacity"])
            let other = await refusal { () throws(KubernetesError) in
                try await client.resize(
                    "p", in: "fn", containers: ["c": Pod.Resources(limits: ["cpu": Quantity(milli: 500)])])
            }
            #expect(other?.code == .invalid)
            #expect(other?.description.contains("Pod QOS Class may not change as a result of resizing") == true)
            let gone = await refusal { () throws(KubernetesError) in
                try await client.resize(
                    "absent", in: "fn", containers: ["c": Pod.Resources(requests: ["cpu": Quantity(milli: 1)])])
            }
            #expect(gone?.code == .notFound)
        }
    }
}
