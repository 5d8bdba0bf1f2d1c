import Foundation
import HTTPClient
import Kubernetes
import Logging
import Synchronization
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
            let audit = try AuditLog(try #require(TestCluster.current), of: "nobody")
            let log = LogRecord()
            let waits = Mutex<[UInt64]>([])
            var logger = Logger(label: "test")
            logger.handler = RecordingLogHandler(record: log)
            try await withClient("nobody") { client in
                let reflector = Reflector<MetadataOnly>(
                    .configMaps, ObjectSelection(namespace: "default"), client: client, logger: logger,
                    pause: { nanoseconds in
                        let count = waits.withLock { waits in
                            waits.append(nanoseconds)
                            return waits.count
                        }
                        // The first waits are over at once, the last as long as the test.
                        if count == 5 { try await Task.sleep(for: .seconds(86_400)) }
                    })
                let running = Task { await reflector.run() }
                try await eventually("it has been refused five times") { waits.withLock { $0.count } == 5 }
                #expect(reflector.snapshot.problem?.code == .forbidden)
                #expect(!reflector.snapshot.isSynced)
                running.cancel()
                await running.value
            }
            let seconds = waits.withLock { $0 }.map { $0 / 1_000_000_000 }
            #expect(seconds.allSatisfy { $0 >= 15 }, "somebody must change something first: \(seconds)")
            #expect(log.warnings.count == 1)
            #expect(log.warnings.first?.contains("configmaps is forbidden") == true, "\(log.warnings)")
            let refusals = try audit.requests().filter { $0.subject == "configmaps" }
            #expect(refusals == Array(repeating: .init(verb: "list", subject: "configmaps", status: 403), count: 5))
        }

        @Test func `a list whose pages the server has forgotten says so, and a new one has all`() async throws {
            let cluster = try #require(TestCluster.current)
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    for number in 0..<4 {
                        try await client.create(.configMaps, configMap("m\(number)"), in: namespace)
                    }
                    let selection = ObjectSelection(namespace: namespace)
                    let first = try await client.page(of: .configMaps, selection, limit: 2, as: MetadataOnly.self)
                    let next = try #require(first.next)
                    try await client.create(.configMaps, configMap("m4"), in: namespace)
                    try cluster.inject(.compact)
                    let forgotten = await refusal { () throws(KubernetesError) in
                        try await client.page(of: .configMaps, selection, limit: 2, next: next, as: MetadataOnly.self)
                    }
                    #expect(forgotten?.code == .expired)
                    #expect(forgotten?.status == 410)
                    let whole = try await client.list(.configMaps, selection, as: MetadataOnly.self)
                    #expect(whole.map(\.metadata.name).filter { $0.hasPrefix("m") }.count == 5)
                }
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
