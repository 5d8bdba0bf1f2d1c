import Topology
import WireC

extension LeaseReport {
    func encoded() -> [UInt8] {
        let arena = PackingArena()
        var message = Reeve__V1__AgentMessage()
        reeve__v1__agent_message__init(&message)
        message.kind_case = REEVE__V1__AGENT_MESSAGE__KIND_LEASES
        message.leases = arena.copy(wire(in: arena))
        return withExtendedLifetime(arena) { packed(&message) }
    }

    private func wire(in arena: PackingArena) -> Reeve__V1__LeaseReport {
        var message = Reeve__V1__LeaseReport()
        reeve__v1__lease_report__init(&message)
        message.node = arena.copy(node.rawValue)
        message.incarnation = incarnation
        message.enabled = isEnabled ? 1 : 0
        message.n_held = held.count
        message.held = arena.copy(held.map { Optional(arena.copy($0.wire(in: arena))) })
        message.n_events = events.count
        message.events = arena.copy(events.map { Optional(arena.copy($0.wire(in: arena))) })
        return message
    }

    init(wire pointer: UnsafePointer<Reeve__V1__LeaseReport>) throws(WireError) {
        let message = pointer.pointee
        var held: [HeldLease] = []
        for lease in messages(message.held, count: message.n_held) { held.append(try HeldLease(wire: lease)) }
        var events: [Event] = []
        for event in messages(message.events, count: message.n_events) { events.append(try Event(wire: event)) }
        try self.init(
            node: NodeName(try text(message.node, field: "node")), incarnation: message.incarnation,
            isEnabled: message.enabled != 0, held: held, events: events)
    }
}

extension HeldLease {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__HeldLease {
        var message = Reeve__V1__HeldLease()
        reeve__v1__held_lease__init(&message)
        message.id = id.rawValue
        message.container_id = arena.copy(containerID)
        message.has_cpu_cores = cpuCores == nil ? 0 : 1
        message.cpu_cores = cpuCores ?? 0
        message.has_memory_bytes = memoryBytes == nil ? 0 : 1
        message.memory_bytes = memoryBytes ?? 0
        message.remaining_nanoseconds = remainingNanoseconds
        return message
    }

    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__HeldLease>) throws(WireError) {
        let message = pointer.pointee
        self.init(
            id: LeaseID(rawValue: message.id), containerID: try nonempty(message.container_id, field: "container_id"),
            cpuCores: message.has_cpu_cores == 0 ? nil : message.cpu_cores,
            memoryBytes: message.has_memory_bytes == 0 ? nil : message.memory_bytes,
            remainingNanoseconds: message.remaining_nanoseconds)
    }
}

extension LeaseReport.Event {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__LeaseEvent {
        var message = Reeve__V1__LeaseEvent()
        reeve__v1__lease_event__init(&message)
        message.number = number
        message.age_nanoseconds = ageNanoseconds
        message.id = event.id.rawValue
        message.container_id = event.containerID.map { arena.copy($0) }
        message.kind = event.kind.rawValue
        message.has_reason = event.reason == nil ? 0 : 1
        message.reason = event.reason?.rawValue ?? 0
        message.sentence = event.sentence.map { arena.copy($0) }
        return message
    }

    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__LeaseEvent>) throws(WireError) {
        let message = pointer.pointee
        self.init(
            number: message.number, ageNanoseconds: message.age_nanoseconds,
            event: LeaseEvent(
                id: LeaseID(rawValue: message.id),
                containerID: message.container_id == nil
                    ? nil : try nonempty(message.container_id, field: "container_id"),
                kind: LeaseEvent.Kind(rawValue: message.kind),
                reason: message.has_reason == 0 ? nil : LeaseEvent.Reason(rawValue: message.reason),
                sentence: message.sentence == nil ? nil : try text(message.sentence, field: "sentence")))
    }
}

extension LeaseOrder {
    /// The order's bytes on the wire: a command of the coordinator.
    func encoded() -> [UInt8] {
        let arena = PackingArena()
        var command = Reeve__V1__Command()
        reeve__v1__command__init(&command)
        switch self {
        case .take(let request):
            command.take_lease = arena.copy(request.wire(in: arena))
        case .end(let id):
            var end = Reeve__V1__EndLease()
            reeve__v1__end_lease__init(&end)
            end.id = id.rawValue
            command.end_lease = arena.copy(end)
        }
        var message = Reeve__V1__CoordinatorMessage()
        reeve__v1__coordinator_message__init(&message)
        message.kind_case = REEVE__V1__COORDINATOR_MESSAGE__KIND_COMMAND
        message.command = arena.copy(command)
        return withExtendedLifetime(arena) { packed(&message) }
    }
}

extension LeaseRequest {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__TakeLease {
        var message = Reeve__V1__TakeLease()
        reeve__v1__take_lease__init(&message)
        message.id = id.rawValue
        message.container_id = arena.copy(containerID)
        message.has_cpu_cores = cpuCores == nil ? 0 : 1
        message.cpu_cores = cpuCores ?? 0
        message.has_memory_bytes = memoryBytes == nil ? 0 : 1
        message.memory_bytes = memoryBytes ?? 0
        message.duration_nanoseconds = durationNanoseconds
        return message
    }

    /// What is possible is the agent's to judge, which answers with a sentence; here it only has to be readable.
    init(wire pointer: UnsafePointer<Reeve__V1__TakeLease>) throws(WireError) {
        let message = pointer.pointee
        self.init(
            id: LeaseID(rawValue: message.id), containerID: try nonempty(message.container_id, field: "container_id"),
            cpuCores: message.has_cpu_cores == 0 ? nil : message.cpu_cores,
            memoryBytes: message.has_memory_bytes == 0 ? nil : message.memory_bytes,
            durationNanoseconds: message.duration_nanoseconds)
    }
}
