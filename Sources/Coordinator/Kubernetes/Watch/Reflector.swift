import HTTPClient
public import Logging
public import Measures
public import ServiceLifecycle
import Synchronization

/// Keeps a copy of the objects of one kind, true to the server within moments, and tells of every change in order.
public final class Reflector<Object: KubernetesObject & SendableMetatype>: Service {
    /// What is known at one moment.
    public struct Snapshot: Sendable {
        /// The objects by namespace and name.
        public let objects: [ObjectKey: Object]
        /// Whether the copy has been complete once; before, nothing may be concluded from an object's absence.
        public let isSynced: Bool
        /// When the server last said anything: what it says nothing of since may have changed. Nil when never.
        public let heardAt: MonotonicInstant?
        /// Why the copy is not kept up at the moment, or nil when it is.
        public let problem: KubernetesError?
    }

    private let client: KubernetesClient
    private let kind: ResourceKind
    private let selection: ObjectSelection
    private let settings: ReflectorSettings
    private let logger: Logger
    private let time: any TimeSource
    private let onChange: @Sendable (ReflectorChange<Object>) async -> Void
    private let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void
    private let state: Mutex<State>

    /// The copy lives here and nowhere else: a second holder of the same dictionary would have each event copy all of
    /// it.
    private struct State {
        var machine: ReflectorMachine<Object>
        var heardAt: MonotonicInstant?
        var problem: KubernetesError?
    }

    /// A reflector that is not running yet. `onChange` is called for each change, after the snapshot has it; the next
    /// change waits until it returns.
    public init(
        _ kind: ResourceKind, _ selection: ObjectSelection = ObjectSelection(), client: KubernetesClient,
        settings: ReflectorSettings = ReflectorSettings(), logger: Logger, time: any TimeSource = SystemTime(),
        seed: UInt64 = .random(in: 0 ... .max),
        onChange: @escaping @Sendable (ReflectorChange<Object>) async -> Void = { _ in },
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        self.kind = kind
        self.selection = selection
        self.client = client
        self.settings = settings
        self.logger = logger
        self.time = time
        self.pause = pause
        self.onChange = onChange
        let machine = ReflectorMachine<Object>(
            settings: settings, random: SeededRandom(seed: seed, stream: kind.description))
        state = Mutex(State(machine: machine))
    }

    /// What is known now. Who keeps it has the next event copy the dictionary, so it is for looking at, not for
    /// keeping.
    public var snapshot: Snapshot {
        state.withLock {
            Snapshot(
                objects: $0.machine.objects, isSynced: $0.machine.isSynced, heardAt: $0.heardAt, problem: $0.problem)
        }
    }

    /// The object of that name as it is known now.
    public subscript(_ key: ObjectKey) -> Object? { state.withLock { $0.machine.objects[key] } }

    /// Keeps the copy until graceful shutdown or cancellation.
    public func run() async {
        await cancelWhenGracefulShutdown { await self.reflect() }
    }

    private func reflect() async {
        while !Task.isCancelled {
            switch state.withLock({ $0.machine.step() }) {
            case .list(let next, let isPaged): await list(next: next, isPaged: isPaged)
            case .watch(let version, let seconds, let graceSeconds):
                await watch(from: version, seconds: seconds, graceSeconds: graceSeconds)
            case .wait(let nanoseconds):
                guard (try? await pause(nanoseconds)) != nil else { return }
                state.withLock { $0.machine.waited() }
            }
        }
    }

    private func list(next: String?, isPaged: Bool) async {
        do throws(KubernetesError) {
            let page: ObjectPage<Object> = try await client.page(
                of: kind, selection, limit: isPaged ? settings.pageSize : nil, next: next)
            if let change = advance({ $0.take(page) }) { await onChange(change) }
        } catch {
            failed(error) { $0.listFailed(with: error) }
        }
    }

    private func watch(from version: String, seconds: Int, graceSeconds: Int) async {
        do throws(KubernetesError) {
            let stream = try await client.watch(
                kind, selection, from: version, seconds: seconds, graceSeconds: graceSeconds, as: Object.self)
            advance { _ in }
            if try await read(stream) { state.withLock { $0.machine.watchEnded() } }
        } catch {
            failed(error) { $0.watchFailed(with: error) }
        }
    }

    /// Reads events to the end of the watch; false when it was given up before.
    private func read(_ stream: HTTPStream) async throws(KubernetesError) -> Bool {
        var splitter = LineSplitter()
        let pieces = stream.makeAsyncIterator()
        while let piece = try await nextPiece(pieces) {
            for event in try events(in: piece, &splitter) {
                if case .refusal(let error) = event {
                    failed(error) { _ = $0.take(event) }
                    return false
                }
                if let change = advance({ $0.take(event) }) { await onChange(change) }
            }
        }
        return true
    }

    private func events(
        in piece: [UInt8], _ splitter: inout LineSplitter
    ) throws(KubernetesError) -> [WatchEvent<Object>] {
        let subject = "the watch of \(kind)"
        var events: [WatchEvent<Object>] = []
        let isBounded = try splitter.take(piece) { line throws(KubernetesError) in
            events.append(try WatchEvent(line: line, subject: subject))
        }
        guard isBounded else {
            throw KubernetesError(
                .invalidAnswer, "\(subject): an event has more than \(LineSplitter.maximumLineBytes) bytes")
        }
        return events
    }

    private func nextPiece(_ pieces: HTTPStream.Iterator) async throws(KubernetesError) -> [UInt8]? {
        do throws(HTTPError) {
            return try await pieces.next()
        } catch {
            throw KubernetesError(error)
        }
    }

    /// The server has said something: has the machine take it.
    @discardableResult
    private func advance<Outcome: Sendable>(_ body: (inout ReflectorMachine<Object>) -> Outcome) -> Outcome {
        let now = time.now
        let (outcome, hadProblem) = state.withLock { state in
            defer { state.problem = nil }
            state.heardAt = now
            return (body(&state.machine), state.problem != nil)
        }
        if hadProblem { logger.info("the watch goes on", metadata: ["kind": "\(kind)"]) }
        return outcome
    }

    /// Has the machine take a failure. It is logged once for as long as it is of the same kind; that a version has
    /// expired is no failure, and neither is the end of the service.
    private func failed(_ error: KubernetesError, _ body: (inout ReflectorMachine<Object>) -> Void) {
        let isWorthTelling = error.code != .cancelled && error.code != .expired
        let isNew = state.withLock { state in
            body(&state.machine)
            guard isWorthTelling else { return false }
            defer { state.problem = error }
            return state.problem?.code != error.code
        }
        if isNew { logger.warning("a watch cannot be kept up", metadata: ["kind": "\(kind)", "error": "\(error)"]) }
    }
}
