import Testing
import Topology
import Wire

/// One message of every kind, and those whose optional parts are absent.
enum MessageExamples {
    static let columns = ColumnTable(
        version: 3,
        columns: [
            Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .derived),
            Column(
                metric: .memoryReadBytesPerSecond, scope: .socket(1), source: "pci", quality: .measured, detail: "é",
                periodMilliseconds: 100),
            Column(metric: .c6Residency, scope: .core(17), source: "none", quality: .unavailable, detail: "no register"),
        ])

    static let agent: [AgentMessage] = [
        .hello(
            Hello(
                node: NodeName("w01"), incarnation: .max, columns: columns, agentVersion: "1.2.3",
                intervalMilliseconds: 10, droppedBatches: 7, oldestSequence: 9)),
        .hello(
            Hello(
                protocolMajor: 9, protocolMinor: 8, node: NodeName("w02.example"), incarnation: 0,
                columns: ColumnTable(version: 0, columns: []), agentVersion: nil, intervalMilliseconds: 0,
                droppedBatches: 0, oldestSequence: 0)),
        .batch(batch(samples: 1, columns: 3)),
        .batch(batch(samples: 10, columns: 65)),
    ]

    static func batch(samples: Int, columns: Int) -> Batch {
        do {
            return try Batch(
                node: NodeName("w01"), incarnation: 5, sequence: 1 << 40, oldestSequence: 12, tableVersion: 3,
                columnCount: columns, ageNanoseconds: (0..<samples).map { UInt64($0) << 33 },
                values: (0..<samples * columns).map { Double($0) - 0.5 },
                presence: (0..<samples * ((columns + 63) / 64)).map { UInt64.max >> UInt64($0) })
        } catch {
            preconditionFailure("\(error)")
        }
    }

    static let coordinator: [CoordinatorMessage] = [
        .ack(incarnation: .max, sequence: 0), .ack(incarnation: 1, sequence: .max),
        .refusal(Refusal(.nodeNotAllowed, "key w01 may not speak for w02")), .refusal(Refusal(.init(rawValue: 99), "")),
        .setInterval(milliseconds: 250),
    ]

    static let agentEnvelopes: [AgentEnvelope] = agent.map { .stream($0) } + reports

    static let reports: [AgentEnvelope] = [
        .containers(containers(count: 0)), .containers(containers(count: 3)),
        .leases(leases(held: [], events: [])),
        .leases(
            leases(
                held: [
                    HeldLease(
                        id: LeaseID(rawValue: .max), containerID: "c1", cpuCores: 0.5, memoryBytes: 1 << 27,
                        remainingNanoseconds: 5),
                    HeldLease(
                        id: LeaseID(rawValue: 0), containerID: "c2", cpuCores: nil, memoryBytes: nil,
                        remainingNanoseconds: 0),
                ],
                events: [
                    LeaseEvent(id: LeaseID(rawValue: 1), containerID: "c1", kind: .granted),
                    LeaseEvent(id: LeaseID(rawValue: 1), containerID: nil, kind: .refused, sentence: "no lease"),
                    LeaseEvent(
                        id: LeaseID(rawValue: 1), containerID: "c1", kind: .ended, reason: .nearGrant, sentence: ""),
                    LeaseEvent(
                        id: LeaseID(rawValue: 1), containerID: "ü", kind: .init(rawValue: 99), reason: .init(rawValue: 0)),
                ])),
    ]

    static func containers(count: Int, part: UInt32 = 1, parts: UInt32 = 2) -> ContainerReport {
        let usages = (0..<count).map { number in
            var usage = ContainerUsage(
                podUID: "uid", containerID: "c\(number)",
                qosClass: PodQoSClass.allCases[number % PodQoSClass.allCases.count])
            guard number % 3 > 0 else { return usage }
            usage.namespace = "default"
            usage.pod = "framer-6c7f9d5d4b-x2k9p"
            usage.container = "main"
            usage.function = FunctionName("framer")
            usage.windows = 10
            usage.cpuCoresMean = 0.25
            usage.cpuCoresPeak = 0
            usage.memoryPeakBytes = .max
            usage.throttledWindows = 0
            usage.cpuLimit = number % 3 == 1 ? .unlimited : .cores(1.5)
            usage.memoryLimit = number % 3 == 1 ? .unlimited : .bytes(0)
            return usage
        }
        do {
            return try ContainerReport(
                node: NodeName("w01"), incarnation: .max, number: 7, part: part, parts: parts, ageNanoseconds: 5,
                intervalNanoseconds: 1_000_000_000, unsampled: 3, containers: usages)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    static func leases(held: [HeldLease], events: [LeaseEvent]) -> LeaseReport {
        do {
            return try LeaseReport(
                node: NodeName("w01"), incarnation: 1, isEnabled: !held.isEmpty, held: held,
                events: events.enumerated().map { .init(number: UInt64($0) + 1, ageNanoseconds: .max, event: $1) })
        } catch {
            preconditionFailure("\(error)")
        }
    }

    static let coordinatorEnvelopes: [CoordinatorEnvelope] = coordinator.map { .stream($0) } + orders

    static let orders: [CoordinatorEnvelope] = [
        .lease(
            .take(
                LeaseRequest(
                    id: LeaseID(rawValue: .max), containerID: "c1", cpuCores: 0.5, memoryBytes: 1 << 27,
                    durationNanoseconds: 30_000_000_000))),
        .lease(
            .take(
                LeaseRequest(
                    id: LeaseID(rawValue: 0), containerID: "c", cpuCores: nil, memoryBytes: nil, durationNanoseconds: 0))),
        .lease(.end(LeaseID(rawValue: 0x0123_4567_89ab_cdef))),
    ]

    static let queries: [Query] = [
        Query(id: 1, verb: "nodes"),
        Query(protocolMajor: 2, id: .max, verb: "explain", arguments: ["decision": "17", "": "empty", "ü": "ö"]),
    ]

    static let replies: [Reply] = [
        Reply(id: 1, outcome: .json(Array("{\"nodes\":[]}".utf8))), Reply(id: 0, outcome: .json([])),
        Reply(id: .max, outcome: .failure(.notFound, "no decision 17")),
        Reply(id: 2, outcome: .failure(.init(rawValue: 77), "")),
    ]

    static let worldRequests: [WorldRequest] = [
        WorldRequest(id: 1, kind: .observe), WorldRequest(protocolMajor: 4, id: .max, kind: .nextRequest),
        WorldRequest(id: 2, kind: .move([FunctionName("framer"), FunctionName("facer")], to: NodeName("w02"))),
        WorldRequest(id: 3, kind: .move([], to: nil)),
        WorldRequest(id: 4, kind: .scale([FunctionName("framer")], replicas: .max)),
        WorldRequest(id: 5, kind: .run(sequence: 0)), WorldRequest(id: 6, kind: .press(pressure)),
        WorldRequest(id: 7, kind: .relieve(NodeName("w01"))), WorldRequest(id: 8, kind: .relieve(nil)),
        WorldRequest(id: 9, kind: .pressures),
    ]

    static let pressure = WorldPressure(
        node: NodeName("w01"), cpu: 0.5, l3: 0, memoryBandwidth: 1, seconds: 600)

    static let worldReplies: [WorldReply] = [
        WorldReply(
            id: 1,
            kind: .snapshot(
                nodes: [.init(name: NodeName("w01"), virtualCPUs: 4, memoryBytes: 8 << 30)],
                functions: [
                    .init(name: FunctionName("framer"), node: NodeName("w01"), replicas: 0), .init(name: FunctionName("x")),
                ])),
        WorldReply(id: 2, kind: .snapshot(nodes: [], functions: [])),
        WorldReply(id: 3, kind: .moved(to: NodeName("w03"))), WorldReply(id: 4, kind: .scaled),
        WorldReply(id: 5, kind: .pending(sequence: 3, workflow: WorkflowName("video"), targetSeconds: 26)),
        WorldReply(id: 6, kind: .noMoreRequests),
        WorldReply(
            id: 7, kind: .outcome(latencySeconds: 31.25, functions: [.init(name: FunctionName("framer"), seconds: 0)])),
        WorldReply(id: 8, kind: .failure(.refused, "no")),
        WorldReply(id: 9, kind: .pressures([pressure])), WorldReply(id: 10, kind: .pressures([])),
    ]

    /// Every example's bytes.
    static let allBytes: [[UInt8]] =
        agentEnvelopes.map { $0.encoded() } + coordinatorEnvelopes.map { $0.encoded() } + queries.map { $0.encoded() }
        + replies.map { $0.encoded() } + worldRequests.map { $0.encoded() } + worldReplies.map { $0.encoded() }
}

/// The decoders of all kinds.
enum Decoder: CaseIterable, CustomTestStringConvertible {
    case agent, coordinator, query, reply, worldRequest, worldReply

    /// Reads `bytes` and drops what it read.
    func decode(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        switch self {
        case .agent: _ = try AgentEnvelope(decoding: bytes)
        case .coordinator: _ = try CoordinatorEnvelope(decoding: bytes)
        case .query: _ = try Query(decoding: bytes)
        case .reply: _ = try Reply(decoding: bytes)
        case .worldRequest: _ = try WorldRequest(decoding: bytes)
        case .worldReply: _ = try WorldReply(decoding: bytes)
        }
    }

    /// Why `bytes` are refused; nil when they are a message.
    func failure(of bytes: [UInt8]) -> WireError.Code? {
        bytes.withUnsafeBytes { bytes in
            do throws(WireError) {
                try decode(bytes)
                return nil
            } catch {
                return error.code
            }
        }
    }

    var testDescription: String {
        switch self {
        case .agent: "agent"
        case .coordinator: "coordinator"
        case .query: "query"
        case .reply: "reply"
        case .worldRequest: "world request"
        case .worldReply: "world reply"
        }
    }
}
