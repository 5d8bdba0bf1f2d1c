import Topology
import WireC

extension CoordinatorMessage {
    /// The message's bytes on the wire.
    public func encoded() -> [UInt8] {
        let arena = PackingArena()
        var message = Reeve__V1__CoordinatorMessage()
        reeve__v1__coordinator_message__init(&message)
        switch self {
        case .ack(let incarnation, let sequence):
            var ack = Reeve__V1__Ack()
            reeve__v1__ack__init(&ack)
            ack.incarnation = incarnation
            ack.sequence = sequence
            message.kind_case = REEVE__V1__COORDINATOR_MESSAGE__KIND_ACK
            message.ack = arena.copy(ack)
        case .refusal(let refused):
            var refusal = Reeve__V1__Refusal()
            reeve__v1__refusal__init(&refusal)
            refusal.code = refused.code.rawValue
            refusal.sentence = arena.copy(refused.sentence)
            message.kind_case = REEVE__V1__COORDINATOR_MESSAGE__KIND_REFUSAL
            message.refusal = arena.copy(refusal)
        case .setInterval(let milliseconds):
            var command = Reeve__V1__Command()
            reeve__v1__command__init(&command)
            command.has_interval_milliseconds = 1
            command.interval_milliseconds = milliseconds
            message.kind_case = REEVE__V1__COORDINATOR_MESSAGE__KIND_COMMAND
            message.command = arena.copy(command)
        }
        return withExtendedLifetime(arena) { packed(&message) }
    }

    /// Reads a message of the stream from its bytes. Throws `WireError`.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        guard case .stream(let message) = try CoordinatorEnvelope(decoding: bytes) else {
            throw WireError(.unknownKind, "a CoordinatorMessage holds no ack, refusal or interval")
        }
        self = message
    }
}

extension CoordinatorEnvelope {
    /// The message's bytes on the wire.
    public func encoded() -> [UInt8] {
        switch self {
        case .stream(let message): message.encoded()
        case .lease(let order): order.encoded()
        }
    }

    /// Reads any message of the coordinator from its bytes. Throws `WireError`.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        self = try unpacking(bytes, as: "CoordinatorMessage", with: reeve__v1__coordinator_message__unpack) {
            message throws(WireError) in
            switch message.pointee.kind_case {
            case REEVE__V1__COORDINATOR_MESSAGE__KIND_ACK:
                let ack = try submessage(message.pointee.ack, field: "ack").pointee
                return .stream(.ack(incarnation: ack.incarnation, sequence: ack.sequence))
            case REEVE__V1__COORDINATOR_MESSAGE__KIND_REFUSAL:
                let refusal = try submessage(message.pointee.refusal, field: "refusal").pointee
                return .stream(
                    .refusal(
                        Refusal(Refusal.Code(rawValue: refusal.code), try text(refusal.sentence, field: "sentence"))))
            case REEVE__V1__COORDINATOR_MESSAGE__KIND_COMMAND:
                return try CoordinatorEnvelope(command: try submessage(message.pointee.command, field: "command"))
            default:
                throw WireError(.unknownKind, "a CoordinatorMessage holds no ack, refusal or command")
            }
        }
    }

    private init(command pointer: UnsafePointer<Reeve__V1__Command>) throws(WireError) {
        let command = pointer.pointee
        if command.has_interval_milliseconds != 0 {
            self = .stream(.setInterval(milliseconds: command.interval_milliseconds))
        } else if command.take_lease != nil {
            self = .lease(.take(try LeaseRequest(wire: try submessage(command.take_lease, field: "take_lease"))))
        } else if command.end_lease != nil {
            self = .lease(.end(LeaseID(rawValue: try submessage(command.end_lease, field: "end_lease").pointee.id)))
        } else {
            throw WireError(.unknownKind, "a command asks for nothing that this version knows")
        }
    }
}
