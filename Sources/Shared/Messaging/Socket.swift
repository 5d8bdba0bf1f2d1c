import CZeroMQ

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// One libzmq socket with this project's options set. Belongs to the thread that made it, and to one owner that closes it.
struct Socket {
    let handle: UnsafeMutableRawPointer
    let endpoint: String

    /// Opens a socket in `context` as `role` says. Throws `MessagingError` naming the endpoint.
    init(context: UnsafeMutableRawPointer, role: SocketRole, maximumMessageBytes: Int) throws(MessagingError) {
        try self.init(context: context, type: role.isRouter ? ZMQ_ROUTER : ZMQ_DEALER, endpoint: role.endpoint)
        do throws(MessagingError) {
            try configure(as: role, maximumMessageBytes: maximumMessageBytes)
        } catch {
            close()
            throw error
        }
    }

    private func configure(as role: SocketRole, maximumMessageBytes: Int) throws(MessagingError) {
        // Nothing is worth holding up a shutdown for: what must arrive is acknowledged and sent again.
        try set(ZMQ_LINGER, Int32(0))
        try set(ZMQ_MAXMSGSIZE, Int64(maximumMessageBytes))
        // A message to a client that is gone, or does not keep up, is reported instead of vanishing.
        if role.isRouter { try set(ZMQ_ROUTER_MANDATORY, Int32(1)) }
        switch role {
        case .curveRouter(_, let keys, let domain):
            try set(ZMQ_CURVE_SERVER, Int32(1))
            try set(ZMQ_CURVE_SECRETKEY, keys.secretText)
            try set(ZMQ_ZAP_DOMAIN, domain)
            try setHeartbeat()
            try start(zmq_bind, "zmq_bind")
        case .curveDealer(_, let keys, let serverKey):
            try set(ZMQ_CURVE_SERVERKEY, serverKey.text)
            try set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.text)
            try set(ZMQ_CURVE_SECRETKEY, keys.secretText)
            // A server that refuses a key stays silent; the client gives up the handshake and connects anew.
            try set(ZMQ_HANDSHAKE_IVL, Int32(2_000))
            try set(ZMQ_RECONNECT_IVL, Int32(100))
            try set(ZMQ_RECONNECT_IVL_MAX, Int32(2_000))
            // Without a live connection a send fails at once instead of queueing behind the sender's own buffer.
            try set(ZMQ_IMMEDIATE, Int32(1))
            try setHeartbeat()
            try start(zmq_connect, "zmq_connect")
        case .localRouter:
            try start(zmq_bind, "zmq_bind")
        case .localDealer:
            try set(ZMQ_RECONNECT_IVL, Int32(50))
            try start(zmq_connect, "zmq_connect")
        }
    }

    /// Opens the REP socket on which libzmq asks about new connections (ZeroMQ RFC 27).
    init(authenticationIn context: UnsafeMutableRawPointer) throws(MessagingError) {
        try self.init(context: context, type: ZMQ_REP, endpoint: "inproc://zeromq.zap.01")
        do throws(MessagingError) {
            try set(ZMQ_LINGER, Int32(0))
            try start(zmq_bind, "zmq_bind")
        } catch {
            close()
            throw error
        }
    }

    private init(context: UnsafeMutableRawPointer, type: Int32, endpoint: String) throws(MessagingError) {
        guard Self.hasUsablePort(endpoint) else {
            throw MessagingError(
                .socket, "\(endpoint) has no port that can be used: allowed is 1 to 65535, or * to listen on any one")
        }
        guard let handle = zmq_socket(context, type) else { throw .zmq("zmq_socket", on: endpoint) }
        self.handle = handle
        self.endpoint = endpoint
    }

    /// libzmq takes a port beyond the range for what remains of it in 16 bits, and listens somewhere else.
    private static func hasUsablePort(_ endpoint: String) -> Bool {
        guard endpoint.hasPrefix("tcp://"), let port = endpoint.split(separator: ":").last else { return true }
        return port == "*" || (Int(port).map { (1...65_535).contains($0) } ?? false)
    }

    /// Closes the socket (zmq_close); nothing may use it afterwards.
    func close() { zmq_close(handle) }

    private func start(_ call: (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Int32, _ name: String) throws(MessagingError) {
        guard call(handle, endpoint) == 0 else { throw .zmq(name, on: endpoint) }
    }

    private func setHeartbeat() throws(MessagingError) {
        try set(ZMQ_HEARTBEAT_IVL, Int32(1_000))
        try set(ZMQ_HEARTBEAT_TIMEOUT, Int32(3_000))
    }

    private func set<Value: BitwiseCopyable>(_ option: Int32, _ value: Value) throws(MessagingError) {
        let status = withUnsafeBytes(of: value) { zmq_setsockopt(handle, option, $0.baseAddress, $0.count) }
        guard status == 0 else { throw .zmq("zmq_setsockopt(\(option))", on: endpoint) }
    }

    private func set(_ option: Int32, _ text: String) throws(MessagingError) {
        guard zmq_setsockopt(handle, option, text, text.utf8.count) == 0 else {
            throw .zmq("zmq_setsockopt(\(option))", on: endpoint)
        }
    }

    /// The address actually bound, with the port that the system chose for `tcp://…:*` (ZMQ_LAST_ENDPOINT).
    func boundEndpoint() throws(MessagingError) -> String {
        var text = [CChar](repeating: 0, count: 512)
        var size = text.count
        guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else {
            throw .zmq("zmq_getsockopt(ZMQ_LAST_ENDPOINT)", on: endpoint)
        }
        return text.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Sends one frame without waiting (zmq_send). Returns false when there is nobody to take it or the peer's queue is
    /// full; throws `MessagingError` for anything else.
    func send(_ bytes: UnsafeRawPointer?, count: Int, more: Bool) throws(MessagingError) -> Bool {
        while zmq_send(handle, bytes, count, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN, EHOSTUNREACH: return false
            default: throw .zmq("zmq_send", on: endpoint)
            }
        }
        return true
    }
}
