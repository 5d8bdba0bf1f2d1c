import CZeroMQ

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The open sockets of a loop; belongs to the loop's thread.
public struct SocketSet: ~Copyable {
    /// The largest frame that is received, in bytes; a peer that sends a larger one is disconnected (ZMQ_MAXMSGSIZE).
    public static let maximumMessageBytes = 1 << 20
    /// Messages taken from one socket before the others and the timers get their turn.
    private static let messagesPerTurn = 1_000

    private let context: UnsafeMutableRawPointer
    private let roles: [SocketRole]
    private let sockets: [Socket]
    private let gate: Gate?
    private let authentication: Socket?
    private let pollItems: UnsafeMutableBufferPointer<zmq_pollitem_t>
    private let frame = FrameMemory()
    private let counts = Counts()

    private final class Counts {
        var malformed: UInt64 = 0
    }

    init(roles: [SocketRole], authenticator: Authenticator?, wakeup: Int32) throws(MessagingError) {
        guard let context = zmq_ctx_new() else { throw .zmq("zmq_ctx_new", on: "a new context") }
        var opened: [Socket] = []
        do throws(MessagingError) {
            // The judge must be there before the first connection asks.
            if authenticator != nil { opened.append(try Socket(authenticationIn: context)) }
            for role in roles {
                opened.append(
                    try Socket(context: context, role: role, maximumMessageBytes: Self.maximumMessageBytes))
            }
        } catch {
            for socket in opened { socket.close() }
            zmq_ctx_term(context)
            throw error
        }
        self.context = context
        self.roles = roles
        authentication = authenticator == nil ? nil : opened.removeFirst()
        sockets = opened
        gate = authenticator.map(Gate.init)
        let handles = sockets.map(\.handle) + (authentication.map { [$0.handle] } ?? [])
        pollItems = .allocate(capacity: handles.count + 1)
        pollItems.initializeElement(
            at: 0, to: zmq_pollitem_t(socket: nil, fd: wakeup, events: Int16(ZMQ_POLLIN), revents: 0))
        for (index, handle) in handles.enumerated() {
            pollItems.initializeElement(
                at: index + 1, to: zmq_pollitem_t(socket: handle, fd: -1, events: Int16(ZMQ_POLLIN), revents: 0))
        }
    }

    deinit {
        for socket in sockets { socket.close() }
        authentication?.close()
        zmq_ctx_term(context)
        pollItems.deallocate()
    }

    /// The address on which socket number `index` listens, with the port that the system chose for `tcp://…:*`.
    public func boundEndpoint(of index: Int) throws(MessagingError) -> String {
        try sockets[index].boundEndpoint()
    }

    /// Connections and messages that authentication has refused, and messages that had not the one frame they must
    /// have, all since the loop's start.
    public var refusals: (connections: UInt64, messages: UInt64, malformed: UInt64) {
        (gate?.authenticator.refusedConnections ?? 0, gate?.authenticator.refusedMessages ?? 0, counts.malformed)
    }

    /// Reads changed allow-lists again; returns a line for each change or failure, for the log.
    public func refreshAllowLists() -> [String] {
        gate?.refresh() ?? []
    }

    /// Sends `bytes` as one message on socket number `index`, to `peer` if the socket is a ROUTER, without waiting.
    /// Returns false when the peer is gone or its queue is full. Throws `MessagingError` for anything else.
    public func send(_ bytes: [UInt8], on index: Int, to peer: PeerIdentity? = nil) throws(MessagingError) -> Bool {
        let socket = sockets[index]
        if let peer {
            let isRoutable = try peer.withBytes { identity throws(MessagingError) in
                try socket.send(identity.baseAddress, count: identity.count, more: true)
            }
            guard isRoutable else { return false }
        }
        return try socket.send(bytes, count: bytes.count, more: false)
    }

    /// Waits until a socket can be read, the wake-up descriptor is signalled, or the time is over. Returns whether the
    /// wake-up was signalled.
    func poll(timeoutMilliseconds: Int) throws(MessagingError) -> Bool {
        let status = zmq_poll(pollItems.baseAddress, Int32(pollItems.count), max(timeoutMilliseconds, 0))
        if status < 0 {
            guard zmq_errno() == EINTR else { throw .zmq("zmq_poll", on: roles.first?.endpoint ?? "no socket") }
            return false
        }
        return pollItems[0].revents != 0
    }

    /// Answers libzmq's questions about new connections.
    func answerAuthentication() {
        guard let authentication, let gate else { return }
        while gate.answer(on: authentication) {}
    }

    /// Hands waiting messages to `body`; those that authentication does not admit are counted and dropped.
    func receive(
        _ body: (borrowing ReceivedMessage, Int, borrowing SocketSet) throws -> Void
    ) throws {
        for index in sockets.indices where pollItems[index + 1].revents != 0 {
            for _ in 0..<Self.messagesPerTurn {
                guard try receiveOne(on: index, body) else { break }
            }
        }
    }

    private func receiveOne(
        on index: Int, _ body: (borrowing ReceivedMessage, Int, borrowing SocketSet) throws -> Void
    ) throws -> Bool {
        var frames = FrameReader(socket: sockets[index].handle, into: frame)
        var peer: PeerIdentity?
        if roles[index].isRouter {
            guard frames.next() else { return false }
            guard let identity = PeerIdentity(frames.bytes) else {
                frames.skipRest()
                counts.malformed += 1
                return true
            }
            peer = identity
        }
        guard frames.next() else {
            // A ROUTER that had an identity but no payload had a malformed message; a DEALER had none.
            if peer != nil { counts.malformed += 1 }
            return peer != nil
        }
        guard !frames.hasMore else {
            frames.skipRest()
            counts.malformed += 1
            return true
        }
        var sender: AuthenticatedSender?
        if case .curveRouter(_, _, let domain) = roles[index], let peer, let gate {
            guard let admitted = gate.admit(frames, from: peer, domain: domain) else { return true }
            sender = admitted
        }
        try body(
            ReceivedMessage(
                peer: peer, sender: sender, payload: frames.bytes, frames: frames, isLocal: roles[index].isLocal), index,
            self)
        return true
    }
}
