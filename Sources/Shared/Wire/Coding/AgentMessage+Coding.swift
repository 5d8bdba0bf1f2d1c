import Topology
import WireC

extension AgentMessage {
    /// The message's bytes on the wire.
    public func encoded() -> [UInt8] {
        let arena = PackingArena()
        var message = Reeve__V1__AgentMessage()
        reeve__v1__agent_message__init(&message)
        switch self {
        case .hello(let hello):
            message.kind_case = REEVE__V1__AGENT_MESSAGE__KIND_HELLO
            message.hello = arena.copy(hello.wire(in: arena))
        case .batch(let batch):
            message.kind_case = REEVE__V1__AGENT_MESSAGE__KIND_BATCH
            message.batch = arena.copy(batch.wire(in: arena))
        }
        return withExtendedLifetime(arena) { packed(&message) }
    }

    /// Reads a message of the stream from its bytes. Throws `WireError`; takes no more memory than the decoding budget,
    /// and as much again for the result.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        guard case .stream(let message) = try AgentEnvelope(decoding: bytes) else {
            throw WireError(.unknownKind, "an AgentMessage holds neither a hello nor a batch")
        }
        self = message
    }
}

extension AgentEnvelope {
    /// The message's bytes on the wire.
    public func encoded() -> [UInt8] {
        switch self {
        case .stream(let message): message.encoded()
        case .containers(let report): report.encoded()
        case .leases(let report): report.encoded()
        }
    }

    /// Reads any message of an agent from its bytes. Throws `WireError`; takes no more memory than the decoding budget,
    /// and as much again for the result.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        self = try unpacking(bytes, as: "AgentMessage", with: reeve__v1__agent_message__unpack) {
            message throws(WireError) in
            switch message.pointee.kind_case {
            case REEVE__V1__AGENT_MESSAGE__KIND_HELLO:
                return .stream(.hello(try Hello(wire: try submessage(message.pointee.hello, field: "hello"))))
            case REEVE__V1__AGENT_MESSAGE__KIND_BATCH:
                return .stream(.batch(try Batch(wire: try submessage(message.pointee.batch, field: "batch"))))
            case REEVE__V1__AGENT_MESSAGE__KIND_CONTAINERS:
                return .containers(
                    try ContainerReport(wire: try submessage(message.pointee.containers, field: "containers")))
            case REEVE__V1__AGENT_MESSAGE__KIND_LEASES:
                return .leases(try LeaseReport(wire: try submessage(message.pointee.leases, field: "leases")))
            default:
                throw WireError(.unknownKind, "an AgentMessage holds nothing that this version knows")
            }
        }
    }
}

extension Hello {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__Hello {
        var message = Reeve__V1__Hello()
        reeve__v1__hello__init(&message)
        message.protocol_major = protocolMajor
        message.protocol_minor = protocolMinor
        message.node = arena.copy(node.rawValue)
        message.incarnation = incarnation
        message.table_version = columns.version
        let columns = self.columns.columns.map { Optional(arena.copy($0.wire(in: arena))) }
        message.n_columns = columns.count
        message.columns = arena.copy(columns)
        message.agent_version = agentVersion.map { arena.copy($0) }
        message.interval_milliseconds = intervalMilliseconds
        message.has_dropped_batches = 1
        message.dropped_batches = droppedBatches
        message.oldest_sequence = oldestSequence
        return message
    }

    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__Hello>) throws(WireError) {
        let message = pointer.pointee
        var columns: [Column] = []
        columns.reserveCapacity(message.n_columns)
        for column in messages(message.columns, count: message.n_columns) {
            columns.append(try Column(wire: column))
        }
        self.init(
            protocolMajor: message.protocol_major, protocolMinor: message.protocol_minor,
            node: NodeName(try text(message.node, field: "node")), incarnation: message.incarnation,
            columns: ColumnTable(version: message.table_version, columns: columns),
            agentVersion: message.agent_version == nil ? nil : try text(message.agent_version, field: "agent_version"),
            intervalMilliseconds: message.interval_milliseconds, droppedBatches: message.dropped_batches,
            oldestSequence: message.oldest_sequence)
    }
}

extension Batch {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__Batch {
        var message = Reeve__V1__Batch()
        reeve__v1__batch__init(&message)
        message.node = arena.copy(node.rawValue)
        message.incarnation = incarnation
        message.sequence = sequence
        message.oldest_sequence = oldestSequence
        message.table_version = tableVersion
        message.column_count = UInt32(columnCount)
        message.n_age_nanoseconds = ageNanoseconds.count
        message.age_nanoseconds = arena.copy(ageNanoseconds)
        message.n_values = values.count
        message.values = arena.copy(values)
        message.n_presence = presence.count
        message.presence = arena.copy(presence)
        return message
    }

    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__Batch>) throws(WireError) {
        let message = pointer.pointee
        try self.init(
            node: NodeName(try text(message.node, field: "node")), incarnation: message.incarnation,
            sequence: message.sequence, oldestSequence: message.oldest_sequence, tableVersion: message.table_version,
            columnCount: Int(message.column_count),
            ageNanoseconds: array(message.age_nanoseconds, count: message.n_age_nanoseconds),
            values: array(message.values, count: message.n_values),
            presence: array(message.presence, count: message.n_presence))
    }
}

extension Column {
    fileprivate func wire(in arena: PackingArena) -> Reeve__V1__Column {
        var message = Reeve__V1__Column()
        reeve__v1__column__init(&message)
        message.metric = arena.copy(metric.name)
        switch scope {
        case .system:
            message.scope = REEVE__V1__SCOPE_KIND__SCOPE_SYSTEM
        case .socket(let index):
            message.scope = REEVE__V1__SCOPE_KIND__SCOPE_SOCKET
            message.has_scope_index = 1
            message.scope_index = UInt32(clamping: index)
        case .core(let index):
            message.scope = REEVE__V1__SCOPE_KIND__SCOPE_CORE
            message.has_scope_index = 1
            message.scope_index = UInt32(clamping: index)
        }
        message.source = arena.copy(source)
        message.quality = UInt32(quality.rawValue)
        message.detail = detail.map { arena.copy($0) }
        message.has_period_milliseconds = periodMilliseconds == nil ? 0 : 1
        message.period_milliseconds = periodMilliseconds ?? 0
        return message
    }

    fileprivate init(wire pointer: UnsafePointer<Reeve__V1__Column>) throws(WireError) {
        let message = pointer.pointee
        let scope: Scope
        switch (message.scope, message.has_scope_index != 0) {
        case (REEVE__V1__SCOPE_KIND__SCOPE_SYSTEM, _): scope = .system
        case (REEVE__V1__SCOPE_KIND__SCOPE_SOCKET, true): scope = .socket(Int(message.scope_index))
        case (REEVE__V1__SCOPE_KIND__SCOPE_CORE, true): scope = .core(Int(message.scope_index))
        default: throw WireError(.inconsistent, "a column has scope \(message.scope.rawValue) without its index")
        }
        guard let quality = UInt8(exactly: message.quality).flatMap(Quality.init(rawValue:)) else {
            throw WireError(.inconsistent, "a column has quality \(message.quality): allowed is 1 to 4")
        }
        self.init(
            metric: Metric(try text(message.metric, field: "metric")), scope: scope,
            source: try text(message.source, field: "source"), quality: quality,
            detail: message.detail == nil ? nil : try text(message.detail, field: "detail"),
            periodMilliseconds: message.has_period_milliseconds == 0 ? nil : message.period_milliseconds)
    }
}
