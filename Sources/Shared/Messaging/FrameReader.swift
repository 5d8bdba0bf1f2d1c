import CZeroMQ

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A multipart message being received: frames one after the other, each valid until the next is asked for.
struct FrameReader: ~Copyable {
    private let socket: UnsafeMutableRawPointer
    private var frame = zmq_msg_t()
    private(set) var hasMore = true

    init(socket: UnsafeMutableRawPointer) {
        self.socket = socket
        zmq_msg_init(&frame)
    }

    deinit {
        var frame = frame
        zmq_msg_close(&frame)
    }

    /// Receives the next frame; false when the message has ended, or when none was waiting at all.
    mutating func next() -> Bool {
        guard hasMore else { return false }
        var status: Int32
        repeat {
            status = zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT)
        } while status < 0 && zmq_errno() == EINTR
        guard status >= 0 else {
            hasMore = false
            return false
        }
        hasMore = zmq_msg_more(&frame) != 0
        return true
    }

    /// The present frame's bytes, valid until the next one is received.
    mutating func bytes() -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: zmq_msg_data(&frame), count: zmq_msg_size(&frame))
    }

    /// Receives and forgets the rest of the message.
    mutating func skipRest() {
        while next() {}
    }

    /// Whether the connection's handshake attached property `name` with exactly this value (zmq_msg_gets).
    mutating func hasProperty(_ name: String, equalTo value: String) -> Bool {
        zmq_msg_gets(&frame, name).map { strcmp($0, value) == 0 } ?? false
    }

    /// A property that the connection's handshake attached to the frame (zmq_msg_gets).
    mutating func property(_ name: String) -> String? {
        zmq_msg_gets(&frame, name).map { String(cString: $0) }
    }
}
