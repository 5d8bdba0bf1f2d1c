import Cluster
public import Foundation
public import Logging
public import Measures
public import ServiceLifecycle
import Synchronization
import Topology

/// Brings placement's decisions about on a cluster: each function is the Deployment of its name in one namespace.
///
/// Nodes, Deployments and pods are watched while it runs; what is changed is read anew first. A change serves requests
/// when its call returns, and no function has fewer ready pods while it comes about. What is changed is labelled, noted
/// with what was found, and can be released; nothing else is touched.
public final class FunctionMapper: Service {
    let client: KubernetesClient
    let settings: MapperSettings
    let time: any TimeSource
    let logger: Logger
    let wallClock: @Sendable () -> Date
    private let nodes: Reflector<Node>
    private let deployments: Reflector<Deployment>
    private let pods: Reflector<Pod>
    private let podsByFunction: PodIndex
    private let signal: ChangeSignal
    private let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void
    private let busy = Mutex<Set<FunctionName>>([])
    /// The kinds around functions that the server had when they were last listed.
    let listed = Mutex<Set<ResourceKind>>([])

    /// A mapper that is not running yet. `client` must be able to reach the cluster while it runs; `time` and `pause`
    /// are what waits are measured by and done with, `wallClock` what stands in the events that it writes.
    public init(
        client: KubernetesClient, settings: MapperSettings, watching: ReflectorSettings = ReflectorSettings(),
        logger: Logger, time: any TimeSource = SystemTime(), wallClock: @escaping @Sendable () -> Date = { Date() },
        seed: UInt64 = .random(in: 0 ... .max),
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        self.client = client
        self.settings = settings
        self.time = time
        self.logger = logger
        self.wallClock = wallClock
        self.pause = pause
        let signal = ChangeSignal()
        self.signal = signal
        let index = PodIndex()
        podsByFunction = index
        nodes = Reflector(
            .nodes, client: client, settings: watching, logger: logger, time: time, seed: seed,
            onChange: { _ in signal.raise() }, pause: pause)
        deployments = Reflector(
            .deployments, ObjectSelection(namespace: settings.namespace, labels: settings.selector), client: client,
            settings: watching, logger: logger, time: time, seed: seed, onChange: { _ in signal.raise() }, pause: pause)
        pods = Reflector(
            .pods, ObjectSelection(namespace: settings.namespace), client: client, settings: watching, logger: logger,
            time: time, seed: seed,
            onChange: { change in
                index.take(change)
                signal.raise()
            }, pause: pause)
    }

    /// Watches the cluster until graceful shutdown or cancellation.
    public func run() async {
        async let nodes: Void = nodes.run()
        async let deployments: Void = deployments.run()
        async let pods: Void = pods.run()
        _ = await (nodes, deployments, pods)
    }

    /// What the reflectors know.
    var fleet: Fleet {
        Fleet(
            nodes: nodes.snapshot.objects.values, deployments: deployments.snapshot.objects.values,
            pods: pods.snapshot.objects.values)
    }

    /// What is known of the function `name`.
    func view(of name: String) -> ChangeProgress.View {
        ChangeProgress.View(
            deployment: deployments[ObjectKey(namespace: settings.namespace, name: name)],
            pods: podsByFunction.pods(of: name))
    }

    /// The node `name` as it is known.
    func node(_ name: NodeName) -> Node? { nodes[ObjectKey(namespace: nil, name: name.rawValue)] }

    /// Returns once the copy of the cluster is kept up. Throws `ClusterError` when it is not for too long.
    func awaitSync() async throws {
        let deadline = time.now.advanced(byNanoseconds: settings.observeNanoseconds)
        while true {
            let count = signal.count
            guard let obstacle else { return }
            guard time.now < deadline else {
                throw ClusterError(.unreachable, "\(client.access.server): the cluster is not known: \(obstacle)")
            }
            try await wait(since: count, until: deadline)
        }
    }

    /// Why the copy is not kept up; nil when it is.
    private var obstacle: String? {
        let states = [
            ("nodes", nodes.snapshot.isSynced, nodes.snapshot.problem),
            ("deployments", deployments.snapshot.isSynced, deployments.snapshot.problem),
            ("pods", pods.snapshot.isSynced, pods.snapshot.problem),
        ]
        for (kind, isSynced, problem) in states {
            if let problem { return problem.description }
            if !isSynced { return "its \(kind) have not been listed yet" }
        }
        return nil
    }

    /// How many states there have been; to be read before the state that is then waited for the end of.
    var changes: UInt64 { signal.count }

    /// Returns when there is another state than the one at `count`, or at `deadline`. Throws `CancellationError` when
    /// the task is cancelled.
    func wait(since count: UInt64, until deadline: MonotonicInstant) async throws {
        let rest = deadline.nanoseconds(since: time.now)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [signal] in await signal.wait(since: count) }
            group.addTask { [pause] in _ = try? await pause(rest) }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    /// Runs `body` while nothing else changes `functions` through this mapper.
    func exclusively<Success>(
        _ functions: [FunctionName], _ body: () async throws -> Success
    ) async throws -> Success {
        let taken = busy.withLock { busy -> FunctionName? in
            if let taken = functions.first(where: busy.contains) { return taken }
            busy.formUnion(functions)
            return nil
        }
        if let taken { throw ClusterError(.refused, "function \(taken) is being changed already; wait for it") }
        defer { busy.withLock { $0.subtract(functions) } }
        return try await body()
    }

    /// Asks the server; throws `ClusterError`, or `CancellationError` when the task is cancelled.
    func ask<Success: Sendable>(_ body: () async throws(KubernetesError) -> Success) async throws -> Success {
        do throws(KubernetesError) {
            return try await body()
        } catch {
            throw Self.failure(error)
        }
    }

    /// What a failed question is to whoever asks for the cluster's levers.
    static func failure(_ error: KubernetesError) -> any Error {
        switch error.code {
        case .cancelled: CancellationError()
        case .notFound: ClusterError(.unknownSubject, error.description)
        case .unreachable, .tls, .timeout, .interrupted, .closed, .unavailable, .serverFailed, .configuration:
            ClusterError(.unreachable, error.description)
        default: ClusterError(.refused, error.description)
        }
    }
}
