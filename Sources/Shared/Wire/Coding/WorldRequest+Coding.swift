import Topology
import WireC

extension WorldRequest {
    /// The request's bytes on the wire.
    public func encoded() -> [UInt8] {
        let arena = PackingArena()
        var message = Reeve__V1__WorldRequest()
        reeve__v1__world_request__init(&message)
        message.protocol_major = protocolMajor
        message.id = id
        switch kind {
        case .observe:
            var observe = Reeve__V1__WorldObserve()
            reeve__v1__world_observe__init(&observe)
            message.kind_case = REEVE__V1__WORLD_REQUEST__KIND_OBSERVE
            message.observe = arena.copy(observe)
        case .move(let functions, let node):
            var move = Reeve__V1__WorldMove()
            reeve__v1__world_move__init(&move)
            move.n_functions = functions.count
            move.functions = arena.copy(functions.map { Optional(arena.copy($0.rawValue)) })
            move.node = node.map { arena.copy($0.rawValue) }
            message.kind_case = REEVE__V1__WORLD_REQUEST__KIND_MOVE
            message.move = arena.copy(move)
        case .scale(let functions, let replicas):
            var scale = Reeve__V1__WorldScale()
            reeve__v1__world_scale__init(&scale)
            scale.n_functions = functions.count
            scale.functions = arena.copy(functions.map { Optional(arena.copy($0.rawValue)) })
            scale.replicas = replicas
            message.kind_case = REEVE__V1__WORLD_REQUEST__KIND_SCALE
            message.scale = arena.copy(scale)
        case .nextRequest:
            var next = Reeve__V1__WorldNextRequest()
            reeve__v1__world_next_request__init(&next)
            message.kind_case = REEVE__V1__WORLD_REQUEST__KIND_NEXT_REQUEST
            message.next_request = arena.copy(next)
        case .run(let sequence):
            var run = Reeve__V1__WorldRun()
            reeve__v1__world_run__init(&run)
            run.sequence = sequence
            message.kind_case = REEVE__V1__WORLD_REQUEST__KIND_RUN
            message.run = arena.copy(run)
        case .press(let pressure):
            message.kind_case = REEVE__V1__WORLD_REQUEST__KIND_PRESS
            message.press = arena.copy(pressure.wire(in: arena))
        case .relieve(let node):
            var relieve = Reeve__V1__WorldRelieve()
            reeve__v1__world_relieve__init(&relieve)
            relieve.node = node.map { arena.copy($0.rawValue) }
            message.kind_case = REEVE__V1__WORLD_REQUEST__KIND_RELIEVE
            message.relieve = arena.copy(relieve)
        case .pressures:
            message.kind_case = REEVE__V1__WORLD_REQUEST__KIND_PRESSURES
            message.pressures = 1
        }
        return withExtendedLifetime(arena) { packed(&message) }
    }

    /// Reads a request from its bytes. Throws `WireError`.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        self = try unpacking(bytes, as: "WorldRequest", with: reeve__v1__world_request__unpack) {
            message throws(WireError) in
            WorldRequest(
                protocolMajor: message.pointee.protocol_major, id: message.pointee.id, kind: try Kind(wire: message))
        }
    }
}

extension WorldRequest.Kind {
    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__WorldRequest>) throws(WireError) {
        let message = pointer.pointee
        switch message.kind_case {
        case REEVE__V1__WORLD_REQUEST__KIND_OBSERVE:
            self = .observe
        case REEVE__V1__WORLD_REQUEST__KIND_MOVE:
            let move = try submessage(message.move, field: "move").pointee
            self = .move(
                try functionNames(move.functions, count: move.n_functions),
                to: move.node == nil ? nil : NodeName(try text(move.node, field: "node")))
        case REEVE__V1__WORLD_REQUEST__KIND_SCALE:
            let scale = try submessage(message.scale, field: "scale").pointee
            self = .scale(try functionNames(scale.functions, count: scale.n_functions), replicas: scale.replicas)
        case REEVE__V1__WORLD_REQUEST__KIND_NEXT_REQUEST:
            self = .nextRequest
        case REEVE__V1__WORLD_REQUEST__KIND_RUN:
            self = .run(sequence: try submessage(message.run, field: "run").pointee.sequence)
        case REEVE__V1__WORLD_REQUEST__KIND_PRESS:
            self = .press(try WorldPressure(wire: try submessage(message.press, field: "press")))
        case REEVE__V1__WORLD_REQUEST__KIND_RELIEVE:
            let relieve = try submessage(message.relieve, field: "relieve").pointee
            self = .relieve(relieve.node == nil ? nil : NodeName(try text(relieve.node, field: "node")))
        case REEVE__V1__WORLD_REQUEST__KIND_PRESSURES:
            self = .pressures
        default:
            throw WireError(.unknownKind, "a WorldRequest asks for nothing that this version knows")
        }
    }
}

private func functionNames(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, count: Int
) throws(WireError) -> [FunctionName] {
    var names: [FunctionName] = []
    for pointer in UnsafeBufferPointer(start: count == 0 ? nil : pointers, count: count) {
        names.append(FunctionName(try text(pointer, field: "functions")))
    }
    return names
}
