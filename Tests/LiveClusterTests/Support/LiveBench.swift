import Foundation
import Kubernetes
import Logging
import Measures
import Simulation
import Synchronization
import TestSupport
import Testing
import Topology

/// A namespace with two functions on the real control plane, virtual hardware for its nodes, and a gateway whose functions
/// answer at once: what coordinators, each in a process of its own, are let loose on.
final class LiveBench: Sendable {
    /// The nodes that are placed on, each with an agent.
    static let nodes = ["w01", "w02"]
    /// The functions, both Deployments.
    static let functions = ["first", "last"]
    static let workflow = """
        name: pair
        steps:
          - {id: one, function: first}
          - {id: two, after: [one], function: last, mode: async}
        """

    let admin: KubernetesClient
    let namespace: String
    let gateway: ContractGateway
    private let gatewayURL: String
    private let trees: [String: HardwareService.NodeTree]
    private let started = Mutex<[LiveCoordinator]>([])

    private init(
        _ admin: KubernetesClient, _ namespace: String, _ gateway: GatewayRig,
        _ trees: [HardwareService.NodeTree]
    ) {
        self.admin = admin
        self.namespace = namespace
        self.gateway = gateway.contract
        gatewayURL = gateway.url
        self.trees = Dictionary(uniqueKeysWithValues: trees.map { ($0.node.rawValue, $0) })
    }

    /// Runs `body` on a bench of its own, whose pods take `startSeconds` to become ready, and ends everything after it.
    static func run(startSeconds: Double = 0.3, _ body: (LiveBench) async throws -> Void) async throws {
        try await withClient { admin in
            try await withNamespace(admin) { namespace in
                try await grantCoordinator(admin, namespace)
                try await GatewayRig.with { gateway in
                    for function in functions {
                        gateway.contract.deploy(function, .answers { _, _ in (200, "{}") })
                    }
                    try await withHardware { trees in
                        let bench = LiveBench(admin, namespace, gateway, trees)
                        for function in functions { try await bench.deploy(function, startSeconds) }
                        defer { bench.endCoordinators() }
                        try await body(bench)
                    }
                }
            }
        }
    }

    private static func withHardware(_ body: ([HardwareService.NodeTree]) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reeve-hw-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let bed = TestBed(scenario: try .thesisTraining(), start: .allOnFirstNode(replicas: 8), seed: 1)
        let (ready, announce) = AsyncStream.makeStream(of: [HardwareService.NodeTree].self)
        let hardware = HardwareService(
            bed: bed, folder: folder.path, seed: 1, time: SystemTime(),
            logger: Logger(label: "hardware") { _ in SwiftLogNoOpLogHandler() }
        ) { announce.yield($0) }
        try await withRunning([{ try await hardware.run() }]) {
            for await trees in ready { return try await body(trees) }
        }
    }

    private func endCoordinators() {
        for coordinator in started.withLock({ $0 }) { coordinator.endAll() }
    }

    /// Starts a coordinator with agents of its own; `placement` is added to its section.
    func startCoordinator(_ placement: String, kubeconfig: String? = nil) throws -> LiveCoordinator {
        let coordinator = try LiveCoordinator(self, placement: placement, kubeconfig: kubeconfig)
        started.withLock { $0.append(coordinator) }
        for node in Self.nodes { try coordinator.startAgent(node) }
        try coordinator.start()
        return coordinator
    }

    /// The files of `node`'s counters.
    func tree(of node: String) throws -> HardwareService.NodeTree { try #require(trees[node]) }

    /// The coordinator's configuration without telemetry and query, which an installation adds.
    func configuration(
        in installation: Installation, placement: String, kubeconfig: String?, workflow: String? = nil
    ) throws -> String {
        let cluster = try #require(TestCluster.current)
        let folder = installation.path("workflows")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try (workflow ?? Self.workflow).write(to: folder.appending(path: "pair.yaml"), atomically: true, encoding: .utf8)
        let credentials = installation.path("gateway")
        try "admin:secret\n".write(to: credentials, atomically: true, encoding: .utf8)
        return """
            cluster:
              kind: kubernetes
              kubeconfig: \(kubeconfig ?? cluster.kubeconfig(of: "coordinator"))
              namespace: \(namespace)
              requestsPerSecond: 1000
              burst: 1000
              changeTimeout: 5m
              lease: {duration: 4s, renewDeadline: 2500ms, retry: 500ms}
            workflows:
              folder: \(folder.path)
              gateway: \(gatewayURL)
              credentials: \(credentials.path)
            store: {journal: "\(installation.path("journal.sqlite").path)", durability: normal}
            placement:
              nodes: [\(Self.nodes.joined(separator: ", "))]
              workflow: pair
              maximumReplicas: 2
              checkpoint: \(installation.path("policy.checkpoint").path)
            \(placement)
            """
    }

    // What is on the cluster.

    private func deploy(_ name: String, _ startSeconds: Double) async throws {
        var object = deployment(name, replicas: 1)
        object[path: ["spec", "template", "metadata", "annotations", "test.reeve/start-seconds"]] = .string(
            "\(startSeconds)")
        try await admin.create(.deployments, object, in: namespace)
        try await eventually("\(name) serves") { try await ready(name).count == 1 }
    }

    /// The Deployment `name` as the server has it.
    func stored(_ name: String) async throws -> JSONValue {
        try await admin.get(.deployments, named: name, in: namespace)
    }

    /// What is wanted of each function, with reeve's traces: what is left after taking away what changes by itself.
    func essences() async throws -> [String: JSONValue] {
        var essences: [String: JSONValue] = [:]
        for name in Self.functions {
            var object = try await stored(name)
            object["status"] = .none
            for key in ["resourceVersion", "generation", "managedFields"] { object[path: ["metadata", key]] = .none }
            object[path: ["metadata", "annotations", "deployment.kubernetes.io/revision"]] = .none
            essences[name] = object
        }
        return essences
    }

    /// How often what is wanted of the functions has been changed since they were made.
    func changes() async throws -> Int {
        var changes = 0
        for name in Self.functions {
            guard case .integer(let generation)? = try await stored(name)[path: ["metadata", "generation"]] else {
                continue
            }
            changes += Int(generation) - 1
        }
        return changes
    }

    /// The pods of `name` that serve.
    func ready(_ name: String) async throws -> [Pod] {
        let pods: [Pod] = try await admin.list(.pods, ObjectSelection(namespace: namespace, labels: "app=\(name)"))
        return pods.filter(\.isReady)
    }

    /// The uids of all functions' pods that serve, sorted.
    func pods() async throws -> [String] {
        var uids: [String] = []
        for name in Self.functions { uids += try await ready(name).compactMap(\.metadata.uid) }
        return uids.sorted()
    }
}
