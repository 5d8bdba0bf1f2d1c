import CZeroMQ
import Synchronization
import Threads

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A set of libzmq sockets that live on one thread, with the code that reacts to them.
///
/// libzmq's sockets must not be shared between threads. `run()` starts the thread, opens the sockets there, and joins it
/// before it returns; everything else reaches the handler through `post(_:)`, a locked queue whose eventfd stands in
/// the same `zmq_poll`.
public final class SocketLoop<Handler: SocketLoopHandler & SendableMetatype>: Sendable {
    private let name: String
    private let onTurn: @Sendable () -> Void
    private let queue: Mutex<Queue>
    private let wakeup: Wakeup

    private typealias Work = @Sendable (inout Handler, borrowing SocketSet) -> Void

    private struct Queue {
        var work: [Work] = []
        var isStopped = false
        var hasEnded = false

        /// What waits, which is then taken out.
        mutating func takeWork() -> [Work] {
            defer { work = [] }
            return work
        }
    }

    /// The longest a loop waits, in milliseconds, so that one who watches `onTurn` can tell a quiet loop from a hung one.
    private static var longestWait: Int { 1_000 }

    /// A loop that is not running yet. `onTurn` is called on the loop's thread in each of its turns, at least once a
    /// second, and for the first time when the sockets are open and the handler has done what was due. Throws
    /// `MessagingError` when the system has no eventfd left.
    public init(name: String, onTurn: @escaping @Sendable () -> Void = {}) throws(MessagingError) {
        self.name = name
        self.onTurn = onTurn
        wakeup = try Wakeup()
        queue = Mutex(Queue())
    }

    /// Has `work` run on the loop's thread, in the order of posting. After the loop's end it is dropped.
    public func post(_ work: @escaping @Sendable (inout Handler, borrowing SocketSet) -> Void) {
        queue.withLock { queue in
            guard !queue.hasEnded else { return }
            queue.work.append(work)
        }
        wakeup.signal()
    }

    /// Ends `run()` after the work already posted; before `run()` it makes `run()` return as soon as it has begun.
    public func stop() {
        queue.withLock { $0.isStopped = true }
        wakeup.signal()
    }

    /// Opens the sockets of `roles` on a thread of their own and serves them with the handler that `makeHandler` makes
    /// there, until `stop()`, the handler's own end, or cancellation. Throws `MessagingError` when a socket cannot be
    /// opened, `ThreadError` when there is no thread to be had, and whatever `makeHandler` throws.
    public func run(
        roles: [SocketRole], authenticator: Authenticator? = nil,
        makeHandler: @escaping @Sendable (borrowing SocketSet) throws -> Handler
    ) async throws {
        let loop = self
        try await withTaskCancellationHandler {
            try await runOnThread(named: name) {
                try loop.serve(roles: roles, authenticator: authenticator, makeHandler: makeHandler)
            }
        } onCancel: {
            stop()
        }
    }

    private func serve(
        roles: [SocketRole], authenticator: Authenticator?, makeHandler: (borrowing SocketSet) throws -> Handler
    ) throws {
        defer {
            queue.withLock { queue in
                queue.hasEnded = true
                queue.work = []
            }
        }
        let sockets = try SocketSet(roles: roles, authenticator: authenticator, wakeup: wakeup.descriptor)
        var handler = try makeHandler(sockets)
        defer { handler.end(in: sockets) }
        while true {
            let (work, isStopped) = queue.withLock { ($0.takeWork(), $0.isStopped) }
            for item in work { item(&handler, sockets) }
            if isStopped { return }
            guard let timeout = try handler.tick(in: sockets) else { return }
            onTurn()
            if try sockets.poll(timeoutMilliseconds: min(timeout, Self.longestWait)) { wakeup.clear() }
            sockets.answerAuthentication()
            try sockets.receive { message, socket, sockets in
                try handler.receive(from: message, on: socket, in: sockets)
            }
        }
    }
}

/// What reacts to a loop's sockets, on the loop's thread alone.
public protocol SocketLoopHandler {
    /// Takes one message that arrived on socket number `socket` of the loop's roles. An error ends the loop.
    mutating func receive(from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet) throws

    /// Called before each wait: does what is due and returns how long to wait at most, in milliseconds, or nil to end
    /// the loop. An error ends the loop.
    mutating func tick(in sockets: borrowing SocketSet) throws -> Int?

    /// Called once when the loop ends, whatever ended it, while the sockets are still open.
    mutating func end(in sockets: borrowing SocketSet)
}

extension SocketLoopHandler {
    /// Does nothing.
    public mutating func end(in sockets: borrowing SocketSet) {}
}

/// An eventfd that stands in a poll set (eventfd(2)).
private final class Wakeup: Sendable {
    let descriptor: Int32

    init() throws(MessagingError) {
        descriptor = reeve_eventfd()
        guard descriptor >= 0 else { throw .system("opening", on: "an eventfd", errno: errno) }
    }

    deinit { close(descriptor) }

    func signal() {
        var one: UInt64 = 1
        // The only failure possible here is a full counter, which already wakes the reader.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
