import FlyingSocks
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Bounds how many of a server's connections may wait for their peers at once, and for how long: who only holds a
/// connection open holds neither memory nor descriptors for long.
///
/// FlyingFox itself accepts whoever comes. Each of its connections waits here between two pieces of what its peer
/// sends, and is closed when it may not.
final class BoundedSocketPool: AsyncSocketPool {
    private let pool: any AsyncSocketPool
    private let maximumWaiting: Int
    private let silenceNanoseconds: UInt64
    private let pause: @Sendable (UInt64) async throws -> Void
    private let count = Mutex(0)

    /// Connections wait in `pool`, at most `maximumWaiting` of them, each for at most `silenceNanoseconds` at a time.
    init(
        _ pool: any AsyncSocketPool, maximumWaiting: Int, silenceNanoseconds: UInt64,
        pause: @escaping @Sendable (UInt64) async throws -> Void
    ) {
        self.pool = pool
        self.maximumWaiting = maximumWaiting
        self.silenceNanoseconds = silenceNanoseconds
        self.pause = pause
    }

    /// Connections that wait now.
    var waiting: Int { count.withLock { $0 } }

    func prepare() async throws { try await pool.prepare() }

    func run() async throws { try await pool.run() }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        guard !Self.isListening(socket) else { return try await pool.suspendSocket(socket, untilReadyFor: events) }
        let isAllowed = count.withLock { count in
            guard count < maximumWaiting else { return false }
            count += 1
            return true
        }
        guard isAllowed else { throw SocketError.disconnected }
        defer { count.withLock { $0 -= 1 } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [pool] in try await pool.suspendSocket(socket, untilReadyFor: events) }
            group.addTask { [pause, silenceNanoseconds] in
                try await pause(silenceNanoseconds)
                throw SocketError.disconnected
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Whether connections are accepted on `socket` (socket(7), SO_ACCEPTCONN).
    private static func isListening(_ socket: Socket) -> Bool {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket.file.rawValue, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0
            && isListening != 0
    }
}
