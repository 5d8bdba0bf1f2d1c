import CZeroMQ

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A DEALER for a program that asks one thing at a time and waits for the answer. Belongs to the thread that made it.
public struct BlockingDealer: ~Copyable {
    /// The largest answer that is taken, in bytes: the history of a long experiment in one reply.
    private static let maximumAnswerBytes = 64 << 20

    private let context: UnsafeMutableRawPointer
    private let socket: Socket
    private let frame = FrameMemory()

    /// Connects as `role` says; whether anybody listens shows only when asking. Throws `MessagingError`.
    public init(role: SocketRole) throws(MessagingError) {
        guard let context = zmq_ctx_new() else { throw .zmq("zmq_ctx_new", on: "a new context") }
        do throws(MessagingError) {
            socket = try Socket(context: context, role: role, maximumMessageBytes: Self.maximumAnswerBytes)
        } catch {
            zmq_ctx_term(context)
            throw error
        }
        self.context = context
    }

    deinit {
        socket.close()
        zmq_ctx_term(context)
    }

    /// Sends `bytes` and hands each answer that comes within the time to `accept`, until it returns a result. Throws
    /// `MessagingError` of code `timeout` when none did, and whatever `accept` throws.
    public func ask<Result>(
        _ bytes: [UInt8], timeoutMilliseconds: Int, accept: (UnsafeRawBufferPointer) throws -> Result?
    ) throws -> Result {
        var clock = timespec()
        func nowMilliseconds() -> Int {
            clock_gettime(CLOCK_MONOTONIC, &clock)
            return clock.tv_sec * 1_000 + clock.tv_nsec / 1_000_000
        }
        let deadline = nowMilliseconds() + timeoutMilliseconds
        func wait(for events: Int32) throws {
            var item = zmq_pollitem_t(socket: socket.handle, fd: -1, events: Int16(events), revents: 0)
            let remaining = deadline - nowMilliseconds()
            guard remaining > 0, zmq_poll(&item, 1, remaining) >= 0 || zmq_errno() == EINTR else {
                throw MessagingError(
                    .timeout, "no answer from \(socket.endpoint) within \(timeoutMilliseconds) ms: is it running, and may this user reach it?")
            }
        }
        while try !socket.send(bytes, count: bytes.count, more: false) { try wait(for: ZMQ_POLLOUT) }
        while true {
            try wait(for: ZMQ_POLLIN)
            var frames = FrameReader(socket: socket.handle, into: frame)
            guard frames.next() else { continue }
            let result = try accept(frames.bytes)
            frames.skipRest()
            if let result { return result }
        }
    }
}
