#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif
public import Logging
public import Measures
public import Messaging
public import ServiceLifecycle
import Synchronization
import Wire

/// Lets coordinators in other processes work on a test bed: answers `WorldRequest`s on a local socket.
public final class WorldService: Service {
    private let endpoint: String
    private let time: any TimeSource
    private let logger: Logger
    private let onListening: @Sendable () -> Void
    private let onServed: @Sendable (ServedRequest) -> Void
    private let loop: SocketLoop<WorldHandler>
    private let state: Mutex<WorldState<PeerIdentity>>

    /// A service that will listen on `endpoint`, an `ipc://` path, for requests to `bed`. Changes answer after `settleSeconds`
    /// and runs after their latency, both divided by `compression`, which must be positive. `onListening` is told once the
    /// socket is open, `onServed` about each request that has ended, both on the socket's thread. Throws `MessagingError`
    /// when the system has no descriptor left.
    public init(
        endpoint: String, bed: TestBed, settleSeconds: Double = TestBed.thesisSettleSeconds, compression: Double,
        time: any TimeSource, logger: Logger, onListening: @escaping @Sendable () -> Void = {},
        onServed: @escaping @Sendable (ServedRequest) -> Void = { _ in }
    ) throws(MessagingError) {
        precondition(compression > 0, "time is compressed by a positive factor")
        self.endpoint = endpoint
        self.time = time
        self.logger = logger
        self.onListening = onListening
        self.onServed = onServed
        loop = try SocketLoop(name: "world")
        state = Mutex(WorldState(bed: bed, settleSeconds: settleSeconds, compression: compression))
    }

    /// Listens until graceful shutdown or cancellation. Throws `MessagingError` when the address cannot be had.
    public func run() async throws {
        // libzmq leaves the socket's file behind.
        defer { unlink(String(endpoint.dropFirst("ipc://".count))) }
        try await withGracefulShutdownHandler {
            try await loop.run(roles: [.localRouter(bind: endpoint)]) { _ in
                self.onListening()
                return WorldHandler(world: self)
            }
        } onGracefulShutdown: {
            self.loop.stop()
        }
    }

    /// Begins `scenario` from `start`; a request that is running is given up.
    public func reset(to start: SimulatedCluster.Start, scenario: Scenario) {
        let answers = state.withLock { $0.reset(to: start, scenario: scenario) }
        loop.post { handler, sockets in handler.send(answers, in: sockets) }
    }

    fileprivate func receive(_ message: borrowing ReceivedMessage) -> [WorldState<PeerIdentity>.Answer] {
        guard let peer = message.peer else { return [] }
        do throws(WireError) {
            let request = try WorldRequest(decoding: message.payload)
            let now = time.now
            return state.withLock { $0.receive(request, from: peer, at: now) }
        } catch {
            logger.warning("the world was sent what it cannot read", metadata: ["error": "\(error)"])
            return state.withLock { $0.receiveMalformed(error, from: peer) }
        }
    }

    /// The answers that are due, and the milliseconds until the next one is.
    fileprivate func advance() -> (answers: [WorldState<PeerIdentity>.Answer], waitMilliseconds: Int) {
        let now = time.now
        let (progress, due) = state.withLock { state in (state.advance(to: now), state.nextDue) }
        if let served = progress.served { onServed(served) }
        // Rounded up, so that the loop does not wake a moment too early again and again.
        let wait = due.map { Int(min(($0.nanoseconds(since: now) + 999_999) / 1_000_000, 1_000)) }
        return (progress.answers, wait ?? 1_000)
    }
}

/// The world's socket thread.
struct WorldHandler: SocketLoopHandler {
    fileprivate let world: WorldService

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        send(world.receive(message), in: sockets)
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        let (answers, wait) = world.advance()
        send(answers, in: sockets)
        return wait
    }

    func send(_ answers: [WorldState<PeerIdentity>.Answer], in sockets: borrowing SocketSet) {
        for answer in answers {
            // An asker that has gone away misses its answer; nothing in the world depends on it.
            _ = try? sockets.send(answer.reply.encoded(), on: 0, to: answer.asker)
        }
    }
}
