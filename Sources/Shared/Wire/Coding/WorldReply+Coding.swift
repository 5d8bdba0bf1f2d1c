import Topology
import WireC

extension WorldReply {
    /// The reply's bytes on the wire.
    public func encoded() -> [UInt8] {
        let arena = PackingArena()
        var message = Reeve__V1__WorldReply()
        reeve__v1__world_reply__init(&message)
        message.id = id
        switch kind {
        case .snapshot(let nodes, let functions):
            var snapshot = Reeve__V1__WorldSnapshot()
            reeve__v1__world_snapshot__init(&snapshot)
            snapshot.n_nodes = nodes.count
            snapshot.nodes = arena.copy(nodes.map { Optional(arena.copy($0.wire(in: arena))) })
            snapshot.n_functions = functions.count
            snapshot.functions = arena.copy(functions.map { Optional(arena.copy($0.wire(in: arena))) })
            message.kind_case = REEVE__V1__WORLD_REPLY__KIND_SNAPSHOT
            message.snapshot = arena.copy(snapshot)
        case .moved(let node):
            message.kind_case = REEVE__V1__WORLD_REPLY__KIND_MOVED_TO
            message.moved_to = arena.copy(node.rawValue)
        case .scaled:
            message.kind_case = REEVE__V1__WORLD_REPLY__KIND_SCALED
            message.scaled = 1
        case .pending(let sequence, let workflow, let targetSeconds):
            var pending = Reeve__V1__WorldPending()
            reeve__v1__world_pending__init(&pending)
            pending.sequence = sequence
            pending.workflow = arena.copy(workflow.rawValue)
            pending.target_seconds = targetSeconds
            message.kind_case = REEVE__V1__WORLD_REPLY__KIND_PENDING
            message.pending = arena.copy(pending)
        case .noMoreRequests:
            message.kind_case = REEVE__V1__WORLD_REPLY__KIND_NO_MORE_REQUESTS
            message.no_more_requests = 1
        case .outcome(let latencySeconds, let functions):
            var outcome = Reeve__V1__WorldOutcome()
            reeve__v1__world_outcome__init(&outcome)
            outcome.latency_seconds = latencySeconds
            outcome.n_functions = functions.count
            outcome.functions = arena.copy(functions.map { Optional(arena.copy($0.wire(in: arena))) })
            message.kind_case = REEVE__V1__WORLD_REPLY__KIND_OUTCOME
            message.outcome = arena.copy(outcome)
        case .pressures(let pressures):
            var list = Reeve__V1__WorldPressures()
            reeve__v1__world_pressures__init(&list)
            list.n_pressures = pressures.count
            list.pressures = arena.copy(pressures.map { Optional(arena.copy($0.wire(in: arena))) })
            message.kind_case = REEVE__V1__WORLD_REPLY__KIND_PRESSURES
            message.pressures = arena.copy(list)
        case .failure(let code, let sentence):
            var failure = Reeve__V1__WorldFailure()
            reeve__v1__world_failure__init(&failure)
            failure.code = code.rawValue
            failure.sentence = arena.copy(sentence)
            message.kind_case = REEVE__V1__WORLD_REPLY__KIND_FAILURE
            message.failure = arena.copy(failure)
        }
        return withExtendedLifetime(arena) { packed(&message) }
    }

    /// Reads a reply from its bytes. Throws `WireError`.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        self = try unpacking(bytes, as: "WorldReply", with: reeve__v1__world_reply__unpack) { message throws(WireError) in
            WorldReply(id: message.pointee.id, kind: try Kind(wire: message))
        }
    }
}

extension WorldReply.Kind {
    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__WorldReply>) throws(WireError) {
        let message = pointer.pointee
        switch message.kind_case {
        case REEVE__V1__WORLD_REPLY__KIND_SNAPSHOT:
            let snapshot = try submessage(message.snapshot, field: "snapshot").pointee
            var nodes: [WorldReply.Node] = []
            for node in messages(snapshot.nodes, count: snapshot.n_nodes) {
                nodes.append(try WorldReply.Node(wire: node))
            }
            self = .snapshot(nodes: nodes, functions: try functions(snapshot.functions, count: snapshot.n_functions))
        case REEVE__V1__WORLD_REPLY__KIND_MOVED_TO:
            self = .moved(to: NodeName(try text(message.moved_to, field: "moved_to")))
        case REEVE__V1__WORLD_REPLY__KIND_SCALED:
            self = .scaled
        case REEVE__V1__WORLD_REPLY__KIND_PENDING:
            let pending = try submessage(message.pending, field: "pending").pointee
            self = .pending(
                sequence: pending.sequence, workflow: WorkflowName(try text(pending.workflow, field: "workflow")),
                targetSeconds: pending.target_seconds)
        case REEVE__V1__WORLD_REPLY__KIND_NO_MORE_REQUESTS:
            self = .noMoreRequests
        case REEVE__V1__WORLD_REPLY__KIND_OUTCOME:
            let outcome = try submessage(message.outcome, field: "outcome").pointee
            self = .outcome(
                latencySeconds: outcome.latency_seconds,
                functions: try functions(outcome.functions, count: outcome.n_functions))
        case REEVE__V1__WORLD_REPLY__KIND_PRESSURES:
            let list = try submessage(message.pressures, field: "pressures").pointee
            var pressures: [WorldPressure] = []
            for pressure in messages(list.pressures, count: list.n_pressures) {
                pressures.append(try WorldPressure(wire: pressure))
            }
            self = .pressures(pressures)
        case REEVE__V1__WORLD_REPLY__KIND_FAILURE:
            let failure = try submessage(message.failure, field: "failure").pointee
            guard let code = WorldReply.FailureCode(rawValue: failure.code) else {
                throw WireError(.inconsistent, "a world's failure has code \(failure.code): allowed is 1 to 3")
            }
            self = .failure(code, try text(failure.sentence, field: "sentence"))
        default:
            throw WireError(.unknownKind, "a WorldReply answers with nothing that this version knows")
        }
    }
}

private func functions(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Reeve__V1__WorldFunction>?>?, count: Int
) throws(WireError) -> [WorldReply.Function] {
    var functions: [WorldReply.Function] = []
    for function in messages(pointers, count: count) {
        functions.append(try WorldReply.Function(wire: function))
    }
    return functions
}

extension WorldReply.Node {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__WorldNode {
        var message = Reeve__V1__WorldNode()
        reeve__v1__world_node__init(&message)
        message.name = arena.copy(name.rawValue)
        message.virtual_cpus = virtualCPUs
        message.memory_bytes = memoryBytes
        return message
    }

    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__WorldNode>) throws(WireError) {
        self.init(
            name: NodeName(try text(pointer.pointee.name, field: "name")), virtualCPUs: pointer.pointee.virtual_cpus,
            memoryBytes: pointer.pointee.memory_bytes)
    }
}

extension WorldReply.Function {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__WorldFunction {
        var message = Reeve__V1__WorldFunction()
        reeve__v1__world_function__init(&message)
        message.name = arena.copy(name.rawValue)
        message.node = node.map { arena.copy($0.rawValue) }
        if let replicas {
            message.has_replicas = 1
            message.replicas = replicas
        }
        if let seconds {
            message.has_seconds = 1
            message.seconds = seconds
        }
        return message
    }

    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__WorldFunction>) throws(WireError) {
        let message = pointer.pointee
        self.init(
            name: FunctionName(try text(message.name, field: "name")),
            node: message.node == nil ? nil : NodeName(try text(message.node, field: "node")),
            replicas: message.has_replicas == 0 ? nil : message.replicas,
            seconds: message.has_seconds == 0 ? nil : message.seconds)
    }
}
