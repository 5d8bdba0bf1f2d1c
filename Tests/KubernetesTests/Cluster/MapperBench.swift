import Cluster
import HTTPClient
import Kubernetes
import Logging
import Synchronization
import TestSupport
import Testing
import Topology

/// A function mapper at work in a namespace of its own, which goes afterwards. The mapper has no more rights than a
/// coordinator has; `admin` may do everything.
struct MapperBench: Sendable {
    let admin: KubernetesClient
    let mapper: FunctionMapper
    let namespace: String

    /// Runs `body` with a mapper that knows its namespace.
    static func run(
        changeSeconds: Int = 240, obstacleMilliseconds: Int = 500,
        client settings: ClientSettings = ClientSettings(burst: 1_000, requestsPerSecond: 1_000),
        _ body: (MapperBench) async throws -> Void
    ) async throws {
        try await withClient { admin in
            try await withNamespace(admin) { namespace in
                try await grantCoordinator(admin, namespace)
                try await withClient("coordinator", settings: settings) { client in
                    let mapper = FunctionMapper(
                        client: client,
                        settings: MapperSettings(
                            namespace: namespace, changeSeconds: changeSeconds,
                            obstacleMilliseconds: obstacleMilliseconds),
                        logger: Logger(label: "test"))
                    let running = Task { await mapper.run() }
                    defer { running.cancel() }
                    let bench = MapperBench(admin: admin, mapper: mapper, namespace: namespace)
                    try await eventually("the mapper knows the cluster") { (try? await mapper.observe()) != nil }
                    try await body(bench)
                }
            }
        }
    }

    /// Makes the function `name` and waits until it serves.
    func deploy(_ name: String, replicas: Int64 = 1, _ change: (inout JSONValue) -> Void = { _ in }) async throws {
        var object = deployment(name, replicas: replicas)
        change(&object)
        try await admin.create(.deployments, object, in: namespace)
        try await eventually("\(name) serves") {
            try await mapper.observe().readyReplicas[FunctionName(name)] == Int(replicas)
        }
    }

    /// The Deployment `name` as the server has it.
    func stored(_ name: String) async throws -> JSONValue {
        try await admin.get(.deployments, named: name, in: namespace)
    }

    /// The Deployment `name` without what changes with every write, and with every rollout: its revision is counted by
    /// the deployment controller, and nobody can count it back.
    func essence(of name: String) async throws -> JSONValue {
        var object = try await stored(name)
        object["status"] = .none
        for key in ["resourceVersion", "generation", "managedFields"] { object[path: ["metadata", key]] = .none }
        object[path: ["metadata", "annotations", "deployment.kubernetes.io/revision"]] = .none
        return object
    }

    /// The pods of `name` that serve.
    func ready(_ name: String) async throws -> [Pod] {
        let pods: [Pod] = try await admin.list(.pods, ObjectSelection(namespace: namespace, labels: "app=\(name)"))
        return pods.filter(\.isReady)
    }

    /// The nodes on which the pods of `name` serve, sorted.
    func places(of name: String) async throws -> [String] {
        try await ready(name).compactMap(\.spec.nodeName).sorted()
    }

    /// What `body` is refused with.
    func refused(_ body: () async throws -> Void) async throws -> ClusterError? {
        do {
            try await body()
            return nil
        } catch let error as ClusterError {
            return error
        }
    }
}

/// Requests without a pause to whichever pod of a function serves, as a service would send them, and the fewest pods
/// that served at any moment.
final class Load: Sendable {
    private struct State {
        var answered = 0
        var failures: [String] = []
        var fewest = Int.max
        var answeredBy: Set<String> = []
    }

    private let state = Mutex(State())
    private let reflector: Reflector<Pod>
    private let transport = HTTPTransport()

    init(on name: String, _ bench: MapperBench) {
        reflector = Reflector(
            .pods, ObjectSelection(namespace: bench.namespace, labels: "app=\(name)"), client: bench.admin,
            logger: Logger(label: "test"))
    }

    /// Requests that were answered.
    var answered: Int { state.withLock { $0.answered } }
    /// What went wrong.
    var failures: [String] { state.withLock { $0.failures } }
    /// The fewest pods that served at any moment.
    var fewest: Int { state.withLock { $0.fewest } }
    /// The nodes whose pods answered.
    var answeredBy: Set<String> { state.withLock { $0.answeredBy } }

    /// Keeps the load up while `body` lasts.
    func whileApplied(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [transport] in try await transport.run() }
            group.addTask { [reflector] in await reflector.run() }
            let result: Result<Void, any Error>
            do {
                try await eventually("there is a pod to call") {
                    reflector.snapshot.objects.values.contains(where: \.isReady)
                }
                let calling = (0..<3).map { _ in Task { await self.call() } }
                let watching = Task { await self.watch() }
                do {
                    try await eventually("the load is on") { answered > 20 }
                    try await body()
                    let before = answered
                    try await eventually("the load is still on") { answered > before + 20 }
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                for task in calling + [watching] { task.cancel() }
                for task in calling + [watching] { await task.value }
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            try await group.waitForAll()
            try result.get()
        }
    }

    private func call() async {
        var turn = 0
        while !Task.isCancelled {
            let pods = reflector.snapshot.objects.values.filter(\.isReady)
                .sorted { $0.metadata.name < $1.metadata.name }
            turn += 1
            guard !pods.isEmpty, let address = pods[turn % pods.count].status.podIP else {
                state.withLock { $0.failures.append("there was no pod to call") }
                continue
            }
            let node = pods[turn % pods.count].spec.nodeName ?? "?"
            do {
                let request = HTTPRequest(url: "http://\(address):8080/?sleep=0.005")
                let answer = try await transport.send(request)
                state.withLock { state in
                    state.answered += 1
                    state.answeredBy.insert(node)
                    if answer.status != 200 { state.failures.append("\(answer.status) of \(address)") }
                }
            } catch {
                if Task.isCancelled { return }
                state.withLock { $0.failures.append("\(error)") }
            }
        }
    }

    private func watch() async {
        while !Task.isCancelled {
            let ready = reflector.snapshot.objects.values.count { $0.isReady }
            state.withLock { $0.fewest = min($0.fewest, ready) }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }
}
