internal import Glibc
internal import Measures
internal import Messaging
internal import Telemetry
internal import Topology
internal import Wire

/// The coordinator's way from bytes to acknowledgement, as its telemetry service goes it: decode, take into the hub,
/// answer each peer once per turn. Ends its loop after a given number of batches.
struct IngestHandler: SocketLoopHandler {
    private let hub: TelemetryHub
    private let expected: Int
    private let onEnd: @Sendable (IngestResult) -> Void
    private let time = SystemTime()
    private var result = IngestResult()
    private var firstAt: MonotonicInstant?
    private var acknowledgements: [PeerIdentity: CoordinatorMessage] = [:]

    init(hub: TelemetryHub, expecting batches: Int, onEnd: @escaping @Sendable (IngestResult) -> Void) {
        self.hub = hub
        expected = batches
        self.onEnd = onEnd
    }

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        guard let peer = message.peer else { return }
        let decoded = try AgentMessage(decoding: message.payload)
        let answer = hub.receive(decoded, from: message.sender?.name ?? IngestTraffic.node.rawValue)
        guard case .ack = answer else { throw IngestError(description: "refused: \(answer)") }
        acknowledgements[peer] = answer
        guard case .batch = decoded else { return }
        result.batches += 1
        if firstAt == nil { firstAt = time.now }
        if result.batches == expected, let firstAt { result.nanoseconds = time.now.nanoseconds(since: firstAt) }
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        for (peer, acknowledgement) in acknowledgements {
            _ = try sockets.send(acknowledgement.encoded(), on: 0, to: peer)
        }
        acknowledgements.removeAll(keepingCapacity: true)
        return result.batches < expected ? 50 : nil
    }

    mutating func end(in sockets: borrowing SocketSet) {
        onEnd(result)
    }
}

/// What a loop has taken, and how long that took from the first batch to the last.
struct IngestResult: Sendable {
    var batches = 0
    var nanoseconds: UInt64 = 0
}

struct IngestError: Error, CustomStringConvertible {
    let description: String
}
