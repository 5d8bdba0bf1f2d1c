import Foundation
import HTTPClient
import Kubernetes
import Logging
import Synchronization
import TestSupport
import Testing

/// Runs a transport for as long as `body` lasts, with a client for `user` of the control plane on it.
func withClient(
    _ user: String? = nil, kubeconfig: String? = nil, access: ClusterAccess? = nil,
    settings: ClientSettings = ClientSettings(burst: 1_000, requestsPerSecond: 1_000),
    _ body: (KubernetesClient) async throws -> Void
) async throws {
    let cluster = try #require(TestCluster.current)
    let path = kubeconfig ?? user.map(cluster.kubeconfig(of:)) ?? cluster.kubeconfig
    let transport = HTTPTransport(settings: .init(maximumConnectionsPerHost: 256))
    let client = KubernetesClient(
        access: try access ?? ClusterAccess.find(kubeconfig: path), transport: transport, settings: settings)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await transport.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        group.cancelAll()
        try await group.waitForAll()
        try result.get()
    }
}

/// Runs `body` with a namespace of its own, which goes afterwards.
func withNamespace(_ client: KubernetesClient, _ body: (String) async throws -> Void) async throws {
    let name = "test-\(UUID().uuidString.prefix(8).lowercased())"
    try await client.create(.namespaces, ["metadata": ["name": .string(name)]] as JSONValue)
    let result: Result<Void, any Error>
    do { result = .success(try await body(name)) } catch { result = .failure(error) }
    try await client.delete(.namespaces, named: name)
    try result.get()
}

/// Gives the coordinator in `namespace` the rights that it has in the functions' own.
func grantCoordinator(_ admin: KubernetesClient, _ namespace: String) async throws {
    let roles = ResourceKind(group: "rbac.authorization.k8s.io", plural: "roles")
    let bindings = ResourceKind(group: "rbac.authorization.k8s.io", plural: "rolebindings")
    let role: JSONValue = try await admin.get(roles, named: "coordinator", in: "openfaas-fn")
    try await admin.create(
        roles, ["metadata": ["name": "coordinator"], "rules": role["rules"] ?? []] as JSONValue, in: namespace)
    try await admin.create(
        bindings,
        [
            "metadata": ["name": "coordinator"],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "coordinator"],
            "subjects": [["kind": "User", "name": "coordinator", "apiGroup": "rbac.authorization.k8s.io"]],
        ] as JSONValue, in: namespace)
    // Pods are refused until their service account is there.
    let accounts = ResourceKind(plural: "serviceaccounts")
    try await eventually("the namespace has its service account") {
        await refusal { () throws(KubernetesError) in
            try await admin.get(accounts, named: "default", in: namespace, as: MetadataOnly.self)
        } == nil
    }
}

/// A ConfigMap, which costs the server nothing but its keeping.
func configMap(_ name: String, _ value: String = "") -> JSONValue {
    ["metadata": ["name": .string(name)], "data": ["value": .string(value)]]
}

/// A Deployment of `replicas` pods.
func deployment(_ name: String, replicas: Int64) -> JSONValue {
    [
        "metadata": ["name": .string(name)],
        "spec": [
            "replicas": .integer(replicas), "selector": ["matchLabels": ["app": .string(name)]],
            "template": [
                "metadata": ["labels": ["app": .string(name)]],
                "spec": [
                    "containers": [
                        [
                            "name": "c", "image": "example.invalid/none",
                            "resources": ["requests": ["cpu": "100m", "memory": "32Mi"]],
                        ]
                    ]
                ],
            ],
        ],
    ]
}

/// What `body` is refused with.
func refusal<Success>(_ body: () async throws(KubernetesError) -> Success) async -> KubernetesError? {
    do throws(KubernetesError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// A copy of a namespace's ConfigMaps kept by a reflector, with what it told and logged.
final class Copy: Sendable {
    let reflector: Reflector<MetadataOnly>
    let log = LogRecord()

    init(
        _ client: KubernetesClient, in namespace: String, of kind: ResourceKind = .configMaps,
        settings: ReflectorSettings = ReflectorSettings(
            watchSeconds: 600, firstWaitMilliseconds: 50, longestWaitMilliseconds: 1_000)
    ) {
        let box = Box()
        var logger = Logger(label: "test")
        let log = log
        logger.handler = RecordingLogHandler(record: log)
        reflector = Reflector(
            kind, ObjectSelection(namespace: namespace), client: client, settings: settings, logger: logger,
            onChange: { box.take($0) })
        self.box = box
    }

    private let box: Box

    /// The names in the snapshot, sorted.
    var names: [String] { reflector.snapshot.objects.keys.map(\.name).sorted() }
    /// The names that follow from what was told alone.
    var toldNames: [String] { box.names }
    /// How often a whole list was compared.
    var relists: Int { box.relists }

    private final class Box: Sendable {
        private let state = Mutex((names: Set<String>(), relists: 0))
        var names: [String] { state.withLock { $0.names.sorted() } }
        var relists: Int { state.withLock { $0.relists } }
        func take(_ change: ReflectorChange<MetadataOnly>) {
            state.withLock { state in
                for object in change.present { state.names.insert(object.metadata.name) }
                for object in change.gone { state.names.remove(object.metadata.name) }
                if change.isRelisted { state.relists += 1 }
            }
        }
    }

    /// Keeps the copy while `body` lasts.
    func whileKept(_ body: () async throws -> Void) async throws {
        let running = Task { await reflector.run() }
        defer { running.cancel() }
        try await eventually("the copy is complete") { reflector.snapshot.isSynced }
        try await body()
    }
}

/// What was logged at warning and above.
final class LogRecord: Sendable {
    private let lines = Mutex<[String]>([])
    var warnings: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Keeps warnings with their metadata.
struct RecordingLogHandler: LogHandler {
    let record: LogRecord
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    init(record: LogRecord) { self.record = record }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.level >= .warning else { return }
        record.add("\(event.message) \(event.metadata ?? [:])")
    }
}
