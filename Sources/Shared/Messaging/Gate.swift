import CZeroMQ

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The authenticator at work on a loop's thread: it speaks ZAP with libzmq and admits or drops each message.
final class Gate {
    private(set) var authenticator: Authenticator
    private let frame = FrameMemory()
    /// The sender last seen under each identity, so that a message from a known one allocates nothing.
    private var senders: [PeerIdentity: AuthenticatedSender] = [:]

    /// The property that carries the key a connection was made with; ZAP's own User-Id carries only the name.
    private static let keyProperty: StaticString = "Reeve-Key"
    /// Connections remembered before all are forgotten; they are looked up anew then.
    private static let rememberedSenders = 4_096

    init(_ authenticator: Authenticator) {
        self.authenticator = authenticator
    }

    func refresh() -> [String] { authenticator.refresh() }

    /// The sender of a message, or nil when it is not, or no longer, allowed.
    func admit(_ frames: FrameReader, from peer: PeerIdentity, domain: String) -> AuthenticatedSender? {
        guard var sender = sender(of: frames, peer: peer),
            let list = authenticator.listAdmitting(sender, domain: domain)
        else { return nil }
        sender.list = list
        return sender
    }

    private func sender(of frames: FrameReader, peer: PeerIdentity) -> AuthenticatedSender? {
        // An identity may pass from one client to another, so what is remembered counts only if the connection's own
        // properties still say the same.
        if let known = senders[peer], frames.hasProperty("User-Id", equalTo: known.name),
            frames.hasProperty(Self.keyProperty, equalTo: known.keyText)
        {
            return known
        }
        guard let name = frames.property("User-Id"), let key = frames.property(Self.keyProperty) else { return nil }
        if senders.count >= Self.rememberedSenders { senders.removeAll(keepingCapacity: true) }
        let sender = AuthenticatedSender(name: name, keyText: key)
        senders[peer] = sender
        return sender
    }

    /// Answers one ZAP request (ZeroMQ RFC 27); false when none is waiting.
    ///
    /// A refused key gets status 300: after 400 or 500 libzmq's client falls silent for ever, after 300 it tries again.
    func answer(on socket: Socket) -> Bool {
        var frames = FrameReader(socket: socket.handle, into: frame)
        var parts: [[UInt8]] = []
        while frames.next() { parts.append(Array(frames.bytes)) }
        guard !parts.isEmpty else { return false }
        // version, request id, domain, address, identity, mechanism, credentials
        let domain = parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : ""
        let mechanism = parts.count > 5 ? String(decoding: parts[5], as: UTF8.self) : ""
        let key = parts.count > 6 ? parts[6].withUnsafeBytes { CurvePublicKey(bytes: $0) } : nil
        let requestID = parts.count > 1 ? parts[1] : []
        let answer: [[UInt8]]
        switch authenticator.judge(domain: domain, mechanism: mechanism, key: key) {
        case .accepted(let name):
            answer = [
                Array("200".utf8), Array("OK".utf8), Array(name.utf8), metadata("\(Self.keyProperty)", key?.text ?? ""),
            ]
        case .refused:
            answer = [Array("300".utf8), Array("key not allowed".utf8), [], []]
        }
        let reply = [Array("1.0".utf8), requestID] + answer
        for (index, part) in reply.enumerated() {
            // libzmq itself waits for this answer on an inproc pipe, which never fills up.
            _ = try? socket.send(part, count: part.count, more: index < reply.count - 1)
        }
        return true
    }

    /// One property in ZMTP's form: length of the name, name, length of the value (4 bytes, big-endian), value.
    private func metadata(_ name: String, _ value: String) -> [UInt8] {
        let length = UInt32(value.utf8.count).bigEndian
        return [UInt8(name.utf8.count)] + Array(name.utf8) + withUnsafeBytes(of: length) { Array($0) } + Array(value.utf8)
    }
}
