import Foundation
import HTTPClient
import Kubernetes
import TestSupport
import Testing

extension ClusterTests {
    @Suite("Faults", .serialized)
    struct FaultTests {
        @Test func `a copy survives an API server that is killed, and misses nothing that happened`() async throws {
            let cluster = try #require(TestCluster.current)
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    for name in ["kept", "deleted"] {
                        try await client.create(.configMaps, configMap(name), in: namespace)
                    }
                    let copy = Copy(client, in: namespace)
                    try await copy.whileKept {
                        let before = copy.names
                        #expect(before.contains("deleted"))
                        try cluster.inject(.restart())
                        try await client.delete(.configMaps, named: "deleted", in: namespace)
                        try await client.create(.configMaps, configMap("new"), in: namespace)
                        try await eventually("the copy is true again") {
                            copy.names.contains("new") && !copy.names.contains("deleted")
                        }
                        #expect(copy.toldNames == copy.names, "what was told is what is shown")
                        #expect(copy.names.contains("kept"))
                        #expect(copy.reflector.snapshot.problem == nil)
                    }
                }
            }
        }

        @Test func `after a compaction an old version is refused, and a list makes up for it`() async throws {
            let cluster = try #require(TestCluster.current)
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    try await client.create(.configMaps, configMap("first"), in: namespace)
                    // Watches so short that each begins anew from the version before, while the server forgets it.
                    let copy = Copy(
                        client, in: namespace,
                        settings: ReflectorSettings(
                            watchSeconds: 1, firstWaitMilliseconds: 50, longestWaitMilliseconds: 500))
                    try await copy.whileKept {
                        for number in 0..<3 {
                            try await client.create(.configMaps, configMap("m\(number)"), in: namespace)
                            try cluster.inject(.compact)
                            try cluster.inject(.restart())
                            try await eventually("m\(number) is seen") { copy.names.contains("m\(number)") }
                        }
                        #expect(copy.toldNames == copy.names)
                    }
                    #expect(copy.relists >= 2, "a list made up for what the server had forgotten")
                }
            }
        }

        @Test func `a server that stands still is found out, and the copy goes on when it wakes`() async throws {
            let cluster = try #require(TestCluster.current)
            let settings = ClientSettings(
                burst: 1_000, requestsPerSecond: 1_000, retry: RetryPolicy(tries: 1), requestMilliseconds: 2_000)
            try await withClient(settings: settings) { client in
                try await withNamespace(client) { namespace in
                    let copy = Copy(
                        client, in: namespace,
                        settings: ReflectorSettings(
                            watchSeconds: 2, graceSeconds: 1, firstWaitMilliseconds: 50, longestWaitMilliseconds: 500))
                    try await copy.whileKept {
                        try cluster.inject(.pause)
                        do {
                            let silent = await refusal { () throws(KubernetesError) in
                                try await client.get(.nodes, named: "w01", as: Node.self)
                            }
                            #expect(silent?.code == .timeout)
                            try await eventually("the watch counts as dead") {
                                copy.reflector.snapshot.problem?.code == .timeout
                            }
                        }
                        try cluster.inject(.resume)
                        try await eventually("the server answers") {
                            await refusal { () throws(KubernetesError) in
                                try await client.create(.configMaps, configMap("after"), in: namespace)
                            }.map { $0.code == .alreadyExists } ?? true
                        }
                        try await eventually("the copy is true again") { copy.names.contains("after") }
                        #expect(copy.log.warnings.count < 20, "\(copy.log.warnings)")
                    }
                }
            }
        }

        @Test func `real overload is waited out`() async throws {
            let cluster = try #require(TestCluster.current)
            try cluster.inject(
                .restart(flags: [
                    "--enable-priority-and-fairness=false", "--max-requests-inflight=1",
                    "--max-mutating-requests-inflight=1",
                ]))
            do {
                // Without retries, to see that the server does refuse.
                let eager = ClientSettings(burst: 10_000, requestsPerSecond: 10_000, retry: RetryPolicy(tries: 1))
                let refused = try await flood(eager)
                #expect(refused.contains { $0.code == .tooManyRequests && $0.retryAfterSeconds == 1 }, "\(refused)")
                #expect(refused.allSatisfy { $0.code == .tooManyRequests })
                let patient = ClientSettings(
                    burst: 10_000, requestsPerSecond: 10_000,
                    retry: RetryPolicy(tries: 200, longestWaitMilliseconds: 2_000))
                let refusedThen = try await flood(patient)
                #expect(refusedThen.isEmpty)
            } catch {
                try cluster.inject(.restart())
                throw error
            }
            try cluster.inject(.restart())
        }

        /// Lists all nodes two hundred times at once, as somebody whom the limit does not spare as it spares
        /// administrators; returns the refusals.
        private func flood(_ settings: ClientSettings) async throws -> [KubernetesError] {
            var refused: [KubernetesError] = []
            try await withClient("coordinator", settings: settings) { client in
                refused = await withTaskGroup(of: KubernetesError?.self) { group in
                    for _ in 0..<200 {
                        group.addTask {
                            await refusal { () throws(KubernetesError) in try await client.list(.nodes, as: Node.self) }
                        }
                    }
                    return await group.reduce(into: []) { if let error = $1 { $0.append(error) } }
                }
            }
            return refused
        }

        @Test func `a token that rotates is read anew, and one that is not known is tried once more`() async throws {
            let cluster = try #require(TestCluster.current)
            let folder = try TemporaryFolder()
            try folder.write("not-a-token", to: "token")
            let admin = try Kubeconfig(paths: [cluster.kubeconfig]).access()
            guard case .authorities(.file(let authority)) = admin.tls.trust else {
                Issue.record("the test cluster's kubeconfig names no file of authorities")
                return
            }
            try folder.write(
                """
                clusters: [{name: c, cluster: {server: "\(admin.server)", certificate-authority: "\(authority)"}}]
                users: [{name: u, user: {tokenFile: token}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """, to: "config")
            try await withClient(kubeconfig: "\(folder.path)/config") { client in
                let unknown = await refusal { () throws(KubernetesError) in try await client.list(.nodes, as: Node.self)
                }
                #expect(unknown?.code == .unauthorized)
                #expect(unknown?.description.contains("not-a-token") == false)
                try folder.write(try token(of: "coordinator", in: cluster), to: "token")
                let nodes = try await client.list(.nodes, as: Node.self)
                #expect(nodes.count == 4, "at once, for the server did not know the old one")
            }
        }

        private func token(of user: String, in cluster: TestCluster) throws -> String {
            let text = try String(contentsOfFile: cluster.kubeconfig(of: user), encoding: .utf8)
            let found = try #require(text.firstMatch(of: /token: *"?([A-Za-z0-9._-]+)/), "\(user) has no token")
            return String(found.1)
        }

        @Test func `who may not watch is told once, and asks rarely`() async throws {
            try await withClient("nobody") { client in
                let copy = Copy(
                    client, in: "default",
                    settings: ReflectorSettings(firstWaitMilliseconds: 1, longestWaitMilliseconds: 100))
                let running = Task { await copy.reflector.run() }
                try await eventually("it is refused") { copy.reflector.snapshot.problem?.code == .forbidden }
                // Some further tries, each after the longest wait.
                try await Task.sleep(for: .milliseconds(500))
                running.cancel()
                await running.value
                #expect(copy.log.warnings.count == 1)
                #expect(copy.log.warnings.first?.contains("forbidden") == true)
                #expect(!copy.reflector.snapshot.isSynced)
            }
        }

        @Test func `who is not believed, or not there, is named`() async throws {
            let cluster = try #require(TestCluster.current)
            let folder = try TemporaryFolder()
            let admin = try Kubeconfig(paths: [cluster.kubeconfig]).access()
            let config = { (server: String) in
                """
                clusters: [{name: c, cluster: {server: "\(server)"}}]
                contexts: [{name: x, context: {cluster: c}}]
                current-context: x
                """
            }
            for (server, code) in [(admin.server, KubernetesError.Code.tls), ("https://127.0.0.1:1", .unreachable)] {
                try folder.write(config(server), to: "config")
                let settings = ClientSettings(retry: RetryPolicy(tries: 2, firstWaitMilliseconds: 1))
                try await withClient(kubeconfig: "\(folder.path)/config", settings: settings) { client in
                    let error = await refusal { () throws(KubernetesError) in
                        try await client.list(.nodes, as: Node.self)
                    }
                    #expect(error?.code == code)
                    #expect(error?.description.contains(server) == true)
                }
            }
        }
    }
}
