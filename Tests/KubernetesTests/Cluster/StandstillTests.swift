import Cluster
import Kubernetes
import TestSupport
import Testing
import Topology

extension ClusterTests {
    @Suite("A server that stands still for half a minute", .serialized)
    struct StandstillTests {
        private let f = FunctionName("f")

        /// Stops the server for half a minute, which is as long as a request may take by default. Returns what comes of
        /// `body`, which is begun once the server stands.
        private func standstill<Success: Sendable>(
            _ body: @escaping @Sendable () async throws -> Success
        ) async throws -> Success {
            let cluster = try #require(TestCluster.current)
            try cluster.inject(.pause)
            let task = Task { try await body() }
            // Not a wait for something to happen: the time is what is tested.
            try? await Task.sleep(for: .seconds(30))
            try cluster.inject(.resume)
            return try await task.value
        }

        @Test func `with the settings that programs have, a copy goes on, and nobody waits for ever`() async throws {
            try await withClient(settings: ClientSettings()) { client in
                try await withNamespace(client) { namespace in
                    try await client.create(.configMaps, configMap("kept"), in: namespace)
                    let copy = Copy(client, in: namespace, settings: ReflectorSettings())
                    try await copy.whileKept {
                        let change: @Sendable () async throws(KubernetesError) -> Void = { () throws(KubernetesError) in
                            try await client.patch(
                                .configMaps, named: "kept", in: namespace, with: .merge(["data": ["value": "during"]]))
                        }
                        let outcome = try await standstill { await refusal(change) }
                        #expect(outcome == nil || outcome?.code == .timeout, "\(outcome as Any)")
                        try await change()
                        try await client.create(.configMaps, configMap("after"), in: namespace)
                        try await eventually("the copy is true again") { copy.names.contains("after") }
                        #expect(copy.names.contains("kept") && copy.toldNames == copy.names)
                        #expect(copy.reflector.snapshot.problem == nil)
                        #expect(copy.log.warnings.count <= 1, "\(copy.log.warnings)")
                    }
                }
            }
        }

        @Test func `a move that the standstill meets comes about afterwards, and the function serves throughout`()
            async throws
        {
            try await MapperBench.run(client: ClientSettings()) { bench in
                try await bench.deploy("f")
                try await bench.mapper.move([f], to: NodeName("w01"))
                let load = Load(on: "f", bench)
                try await load.whileApplied {
                    let before = load.answered
                    try await standstill { try await bench.mapper.move([f], to: NodeName("w02")) }
                    #expect(load.answered > before, "pods need no API server to answer")
                    #expect(try await bench.places(of: "f") == ["w02"])
                }
                #expect(load.failures == [])
                #expect(load.fewest == 1)
            }
        }
    }
}
