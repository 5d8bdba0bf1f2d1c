public import Cluster
public import Logging
public import Measures
public import Messaging
public import ServiceLifecycle
import Synchronization
public import Topology
import Wire

/// A simulated cluster in another process: its levers and its workflow over a local socket.
///
/// Requests may be made before `run()` starts and while the world is away; they are sent once it can be reached. A request
/// that has no answer in time, or is still open at shutdown, throws `ClusterError` of code `unreachable`; the world may
/// have carried it out nevertheless.
public final class RemoteWorld: ClusterControl, WorkflowRunner, InterferenceControl, Service {
    /// Nanoseconds from asking to answer unless told otherwise.
    public static let defaultTimeoutNanoseconds: UInt64 = 30_000_000_000

    typealias Waiter = CheckedContinuation<WorldReply.Kind, any Error>

    private enum Phase {
        case open(OutstandingRequests<Waiter>)
        case closed
    }

    private struct State {
        var phase: Phase
        var lastID: UInt64 = 0
    }

    private let endpoint: String
    private let time: any TimeSource
    private let logger: Logger
    private let loop: SocketLoop<RemoteWorldHandler>
    private let state: Mutex<State>

    /// A client of the world that listens on `endpoint`, an `ipc://` path. Every request may take `timeoutNanoseconds`,
    /// which must cover the longest workflow run at the world's compression. `onTurn` is called in each turn of the
    /// connection's thread, at least once a second. Throws `MessagingError` when the system has no descriptor left.
    public init(
        endpoint: String, timeoutNanoseconds: UInt64 = RemoteWorld.defaultTimeoutNanoseconds, time: any TimeSource,
        logger: Logger, onTurn: @escaping @Sendable () -> Void = {}
    ) throws(MessagingError) {
        self.endpoint = endpoint
        self.time = time
        self.logger = logger
        loop = try SocketLoop(name: "world", onTurn: onTurn)
        state = Mutex(State(phase: .open(OutstandingRequests(timeoutNanoseconds: timeoutNanoseconds))))
    }

    /// Keeps the connection until graceful shutdown or cancellation. Throws `MessagingError` when the endpoint is none.
    public func run() async throws {
        defer { close() }
        try await withGracefulShutdownHandler {
            try await loop.run(roles: [.localDealer(connect: endpoint)]) { _ in RemoteWorldHandler(world: self) }
        } onGracefulShutdown: {
            self.loop.stop()
        }
    }

    /// Where everything is in the world.
    public func observe() async throws -> ClusterSnapshot {
        guard case .snapshot(let nodes, let functions) = try await ask(.observe) else { throw unfitting("observe") }
        return ClusterSnapshot(
            nodes: nodes.map {
                NodeDescription(name: $0.name, virtualCPUs: Int($0.virtualCPUs), memoryBytes: $0.memoryBytes)
            },
            assignment: Dictionary(
                functions.compactMap { function in function.node.map { (function.name, $0) } }, uniquingKeysWith: { $1 }),
            replicas: Dictionary(
                functions.compactMap { function in function.replicas.map { (function.name, Int($0)) } },
                uniquingKeysWith: { $1 }))
    }

    /// Moves `functions` to `node`; returns once they serve there.
    public func move(_ functions: [FunctionName], to node: NodeName) async throws {
        guard case .moved = try await ask(.move(functions, to: node)) else { throw unfitting("move") }
    }

    /// Lets the world's own scheduler choose a node for `functions`; returns its choice.
    public func reschedule(_ functions: [FunctionName]) async throws -> NodeName {
        guard case .moved(let node) = try await ask(.move(functions, to: nil)) else { throw unfitting("move") }
        return node
    }

    /// Gives each of `functions` `replicas` replicas; returns once they serve.
    public func scale(_ functions: [FunctionName], to replicas: Int) async throws {
        guard let replicas = UInt32(exactly: replicas) else {
            throw ClusterError(.refused, "\(replicas) replicas are not possible: allowed is 1 to \(UInt32.max)")
        }
        guard case .scaled = try await ask(.scale(functions, replicas: replicas)) else { throw unfitting("scale") }
    }

    /// The world's next request, nil when there will be none.
    public func nextRequest() async throws -> WorkflowRequest? {
        switch try await ask(.nextRequest) {
        case .noMoreRequests: return nil
        case .pending(let sequence, let workflow, let seconds):
            guard let sequence = Int(exactly: sequence), let target = try? LatencyTarget(seconds: seconds) else {
                throw ClusterError(
                    .refused, "the world's request \(sequence) with a target of \(seconds) s is not possible")
            }
            return WorkflowRequest(sequence: sequence, workflow: workflow, target: target)
        default: throw unfitting("nextRequest")
        }
    }

    /// Runs `request` in the world; returns once it has ended there.
    public func run(_ request: WorkflowRequest) async throws -> WorkflowOutcome {
        guard let sequence = UInt64(exactly: request.sequence) else {
            throw ClusterError(.unknownSubject, "request \(request.sequence) is not possible: allowed is 0 and more")
        }
        guard case .outcome(let latency, let functions) = try await ask(.run(sequence: sequence)) else {
            throw unfitting("run")
        }
        return WorkflowOutcome(
            latencySeconds: latency,
            functionSeconds: Dictionary(
                functions.compactMap { function in function.seconds.map { (function.name, $0) } },
                uniquingKeysWith: { $1 }))
    }

    /// Has the world put pressure on a node, beside what its scenario puts there.
    public func press(_ interference: Interference) async throws {
        let pressure = WorldPressure(
            node: interference.node, cpu: interference.cpu, l3: interference.cache,
            memoryBandwidth: interference.memory, seconds: UInt32(interference.seconds))
        _ = try await pressures(.press(pressure))
    }

    /// What was put on nodes, and how long it still lasts; not what the world's scenario puts there.
    public func pressures() async throws -> [Interference] { try await pressures(.pressures) }

    /// Takes away what was put on `node`, or on all nodes.
    public func relieve(_ node: NodeName?) async throws -> [NodeName] {
        try await pressures(.relieve(node)).map(\.node)
    }

    private func pressures(_ question: WorldRequest.Kind) async throws -> [Interference] {
        guard case .pressures(let pressures) = try await ask(question) else { throw unfitting("press") }
        // What is about to end has a second left at most.
        return pressures.compactMap { pressure in
            try? Interference(
                on: pressure.node, cpu: pressure.cpu, cache: pressure.l3, memory: pressure.memoryBandwidth,
                seconds: max(Int(pressure.seconds), 1))
        }
    }

    private func unfitting(_ question: String) -> ClusterError {
        ClusterError(.refused, "the world at \(endpoint) answered \(question) with something else")
    }

    private func ask(_ kind: WorldRequest.Kind) async throws -> WorldReply.Kind {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let reply = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                add(WorldRequest(id: id, kind: kind), waiter: waiter)
                // The handler may have run before there was anything to take out.
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
        if case .failure(let code, let sentence) = reply { throw ClusterError(ClusterError.Code(code), sentence) }
        return reply
    }

    private func add(_ request: WorldRequest, waiter: Waiter) {
        let isOpen = state.withLock { state in
            guard case .open(var requests) = state.phase else { return false }
            requests.add(request, waiter: waiter, at: time.now)
            state.phase = .open(requests)
            return true
        }
        guard isOpen else {
            waiter.resume(throwing: ClusterError(.unreachable, "the connection to the world at \(endpoint) is closed"))
            return
        }
        // The posting itself wakes the loop, whose tick then sends.
        loop.post { _, _ in }
    }

    private func cancel(_ id: UInt64) {
        withRequests { $0.take(id) }??.resume(throwing: CancellationError())
    }

    private func close() {
        let failures = state.withLock { state in
            guard case .open(var requests) = state.phase else { return [OutstandingRequests<Waiter>.Failure]() }
            state.phase = .closed
            return requests.removeAll()
        }
        fail(failures, because: "was still open when the connection to \(endpoint) was closed")
    }

    private func fail(_ failures: [OutstandingRequests<Waiter>.Failure], because reason: String) {
        for failure in failures {
            failure.waiter.resume(throwing: ClusterError(.unreachable, "\(failure.kind.summary) \(reason)"))
        }
    }

    /// nil when the connection is closed.
    private func withRequests<Result: Sendable>(
        _ body: @Sendable (inout OutstandingRequests<Waiter>) -> Result
    ) -> Result? {
        state.withLock { state in
            guard case .open(var requests) = state.phase else { return nil }
            defer { state.phase = .open(requests) }
            return body(&requests)
        }
    }

    // What the loop's thread does.

    /// Hands a reply to whoever waits for it; a late one has nobody.
    fileprivate func deliver(_ reply: WorldReply) {
        guard let waiter = withRequests({ $0.take(reply.id) }) ?? nil else {
            logger.debug("the world's answer came too late", metadata: ["id": "\(reply.id)"])
            return
        }
        waiter.resume(returning: reply.kind)
    }

    fileprivate func complain(_ error: WireError) {
        logger.warning("the world sent what this coordinator cannot read", metadata: ["error": "\(error)"])
    }

    /// Sends what is still to be sent and fails what is overdue; returns the milliseconds until there is more to do.
    fileprivate func work(in sockets: borrowing SocketSet) throws -> Int {
        while let request = withRequests({ $0.nextToSend }) ?? nil {
            guard try sockets.send(request.encoded(), on: 0) else { break }
            withRequests { $0.didSend(request.id) }
        }
        let now = time.now
        fail(withRequests { $0.expire(at: now) } ?? [], because: "has no answer from \(endpoint) in time")
        return withRequests { requests in
            if requests.nextToSend != nil { return Self.resendMilliseconds }
            guard let deadline = requests.nextDeadline else { return Self.idleMilliseconds }
            return Int(min(deadline.nanoseconds(since: now) / 1_000_000 + 1, UInt64(Self.idleMilliseconds)))
        } ?? Self.idleMilliseconds
    }

    /// How long to wait before a send that was not possible is tried again.
    private static let resendMilliseconds = 50
    private static let idleMilliseconds = 1_000
}

/// The client's socket thread.
struct RemoteWorldHandler: SocketLoopHandler {
    fileprivate let world: RemoteWorld

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        do throws(WireError) {
            world.deliver(try WorldReply(decoding: message.payload))
        } catch {
            world.complain(error)
        }
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        try world.work(in: sockets)
    }
}

extension ClusterError.Code {
    init(_ code: WorldReply.FailureCode) {
        self =
            switch code {
            case .unknownSubject: .unknownSubject
            case .refused: .refused
            case .unreachable: .unreachable
            }
    }
}

extension WorldRequest.Kind {
    /// What was asked, for a sentence that begins with it.
    var summary: String {
        switch self {
        case .observe: "the question where everything is"
        case .move(let functions, let node):
            "moving \(functions.map(\.rawValue).joined(separator: ", ")) to \(node?.rawValue ?? "the cluster's choice")"
        case .scale(let functions, let replicas):
            "scaling \(functions.map(\.rawValue).joined(separator: ", ")) to \(replicas)"
        case .nextRequest: "the question for the next request"
        case .run(let sequence): "running request \(sequence)"
        case .press(let pressure): "pressing on \(pressure.node)"
        case .relieve(let node): "relieving \(node?.rawValue ?? "all nodes")"
        case .pressures: "the question what presses on nodes"
        }
    }
}
