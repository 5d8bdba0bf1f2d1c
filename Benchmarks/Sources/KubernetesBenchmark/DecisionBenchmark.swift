import Cluster
import Kubernetes
import Logging
import Measures
import Topology

/// From the call that carries a decision out to the server's answer to the PATCH, with everything that is looked up in
/// between: the function itself, and who else has a say in what becomes of it. And from the call to the moment that a
/// function for which its node has no room is taken back.
enum DecisionBenchmark {
    private static let moves = 200
    private static let hopelessMoves = 20
    private static let obstacleLimitMilliseconds = 1_000.0
    /// Decisions come seconds apart; requests that follow one another faster are spread out by the client.
    private static let pauseMilliseconds = 500
    private static let function = FunctionName("bench")

    static func run() async throws -> Bool {
        try await KubernetesBenchmark.withClient(of: "admin") { admin in
            try await admin.create(.deployments, deployment, in: KubernetesBenchmark.namespace)
        }
        return try await KubernetesBenchmark.withClient(of: "coordinator") { client in
            let clock = MessageClock()
            let mapper = FunctionMapper(
                client: client, settings: MapperSettings(namespace: KubernetesBenchmark.namespace),
                logger: Logger(label: "benchmark") { _ in clock })
            let running = Task { await mapper.run() }
            defer { running.cancel() }
            while (try? await mapper.observe())?.replicas[function] != 1 {
                try await Task.sleep(for: .milliseconds(100))
            }
            let isQuick = try await measureMoves(mapper, client, clock)
            return try await measureHopelessMoves(mapper, clock) && isQuick
        }
    }

    private static func measureMoves(
        _ mapper: FunctionMapper, _ client: KubernetesClient, _ clock: MessageClock
    ) async throws -> Bool {
        var (decisions, bare): ([Double], [Double]) = ([], [])
        for turn in 0..<moves {
            try await Task.sleep(for: .milliseconds(pauseMilliseconds))
            let start = SystemTime().now
            try await mapper.move([function], to: NodeName(turn.isMultiple(of: 2) ? "w01" : "w02"))
            decisions.append(try clock.milliseconds(from: start, to: "the server has a change"))
            let patching = SystemTime().now
            try await client.patch(
                .deployments, named: function.rawValue, in: KubernetesBenchmark.namespace,
                with: .merge(["metadata": ["annotations": ["benchmark.reeve/turn": .string("\(turn)")]]]))
            bare.append(SystemTime().now.seconds(since: patching) * 1e3)
        }
        let distribution = Distribution(decisions)
        let isMet = distribution.median <= KubernetesBenchmark.latencyLimitMilliseconds
        print("decision to PATCH answered: \(distribution.text); a bare PATCH: \(Distribution(bare).text)")
        print("limit for the median \(KubernetesBenchmark.latencyLimitMilliseconds) ms: \(isMet ? "met" : "MISSED")")
        return isMet
    }

    private static func measureHopelessMoves(_ mapper: FunctionMapper, _ clock: MessageClock) async throws -> Bool {
        var waits: [Double] = []
        for turn in 0..<hopelessMoves {
            try await Task.sleep(for: .milliseconds(pauseMilliseconds))
            let start = SystemTime().now
            do {
                try await mapper.move([function], to: NodeName("w04"))
                throw BenchmarkError(description: "move \(turn) found room on w04, which has none")
            } catch let error as ClusterError {
                guard error.description.contains("Insufficient cpu") else { throw error }
            }
            waits.append(try clock.milliseconds(from: start, to: "a change is taken back"))
        }
        let distribution = Distribution(waits)
        let isMet = distribution.median <= obstacleLimitMilliseconds
        print("decision for a node without room to its being taken back: \(distribution.text)")
        print("limit for the median \(obstacleLimitMilliseconds) ms: \(isMet ? "met" : "MISSED")")
        return isMet
    }

    /// A function of one pod, for which w04 of the test cluster, with 4 CPUs, has no room.
    private static let deployment: JSONValue = [
        "metadata": ["name": .string(function.rawValue)],
        "spec": [
            "replicas": 1, "selector": ["matchLabels": ["app": "bench"]],
            "template": [
                "metadata": ["labels": ["app": "bench"]],
                "spec": [
                    "containers": [
                        [
                            "name": "c", "image": "example.invalid/none",
                            "resources": ["requests": ["cpu": "4500m"]],
                        ]
                    ]
                ],
            ],
        ],
    ]
}
