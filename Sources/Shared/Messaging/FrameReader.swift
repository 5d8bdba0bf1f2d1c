import CZeroMQ

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The memory that one thread receives frames into, one after the other. It has an address of its own because libzmq
/// keeps the bytes of a small frame inside of `zmq_msg_t` itself.
final class FrameMemory {
    fileprivate let message = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)

    init() {
        message.initialize(to: zmq_msg_t())
        zmq_msg_init(message)
    }

    deinit {
        zmq_msg_close(message)
        message.deallocate()
    }
}

/// A multipart message being received: frames one after the other, each valid until the next is asked for.
struct FrameReader {
    private let socket: UnsafeMutableRawPointer
    private let memory: FrameMemory
    private(set) var hasMore = true

    init(socket: UnsafeMutableRawPointer, into memory: FrameMemory) {
        self.socket = socket
        self.memory = memory
    }

    /// Receives the next frame; false when the message has ended, or when none was waiting at all.
    mutating func next() -> Bool {
        guard hasMore else { return false }
        var status: Int32
        repeat {
            status = zmq_msg_recv(memory.message, socket, ZMQ_DONTWAIT)
        } while status < 0 && zmq_errno() == EINTR
        guard status >= 0 else {
            hasMore = false
            return false
        }
        hasMore = zmq_msg_more(memory.message) != 0
        return true
    }

    /// The present frame's bytes, valid until the next one is received.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: zmq_msg_data(memory.message), count: zmq_msg_size(memory.message))
    }

    /// Receives and forgets the rest of the message.
    mutating func skipRest() {
        while next() {}
    }

    /// Whether the connection's handshake attached property `name` with exactly this value (zmq_msg_gets).
    func hasProperty(_ name: StaticString, equalTo value: String) -> Bool {
        zmq_msg_gets(memory.message, Self.characters(of: name)).map { strcmp($0, value) == 0 } ?? false
    }

    /// A property that the connection's handshake attached to the frame (zmq_msg_gets).
    func property(_ name: StaticString) -> String? {
        zmq_msg_gets(memory.message, Self.characters(of: name)).map { String(cString: $0) }
    }

    /// A literal's characters, which end with a zero as C wants it.
    private static func characters(of name: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
