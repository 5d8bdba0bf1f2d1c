import Testing
import Topology
import Wire

@Suite("Messages there and back")
struct RoundTripTests {
    @Test(arguments: MessageExamples.agent)
    func `an agent's message is read as it was written`(_ message: AgentMessage) throws {
        #expect(try message.encoded().withUnsafeBytes { try AgentMessage(decoding: $0) } == message)
    }

    @Test(arguments: MessageExamples.coordinator)
    func `a coordinator's message is read as it was written`(_ message: CoordinatorMessage) throws {
        #expect(try message.encoded().withUnsafeBytes { try CoordinatorMessage(decoding: $0) } == message)
    }

    @Test(arguments: MessageExamples.agentEnvelopes)
    func `whatever an agent sends is read as it was written`(_ envelope: AgentEnvelope) throws {
        #expect(try envelope.encoded().withUnsafeBytes { try AgentEnvelope(decoding: $0) } == envelope)
    }

    @Test(arguments: MessageExamples.coordinatorEnvelopes)
    func `whatever a coordinator sends is read as it was written`(_ envelope: CoordinatorEnvelope) throws {
        #expect(try envelope.encoded().withUnsafeBytes { try CoordinatorEnvelope(decoding: $0) } == envelope)
    }

    @Test func `who reads the stream alone tells what stands beside it from garbage`() {
        for report in MessageExamples.reports {
            let error = #expect(throws: WireError.self) {
                try report.encoded().withUnsafeBytes { _ = try AgentMessage(decoding: $0) }
            }
            #expect(error?.code == .unknownKind)
        }
        for order in MessageExamples.orders {
            let error = #expect(throws: WireError.self) {
                try order.encoded().withUnsafeBytes { _ = try CoordinatorMessage(decoding: $0) }
            }
            #expect(error?.code == .unknownKind)
        }
    }

    @Test(arguments: [0, 1, 256, 257, 4_096, 5_000])
    func `a report in parts has every container once and says what did not fit`(count: Int) throws {
        let usages = (0..<count).map { ContainerUsage(podUID: "u", containerID: "\($0)", qosClass: .burstable) }
        let parts = ContainerReport.inParts(
            node: NodeName("w01"), incarnation: 1, number: 2, ageNanoseconds: 3, intervalNanoseconds: 4, unsampled: 5,
            containers: usages)
        #expect(parts.count == min(max(1, (count + 255) / 256), 16))
        #expect(parts.flatMap(\.containers) == Array(usages.prefix(4_096)))
        #expect(parts.map(\.part) == (0..<UInt32(parts.count)).map { $0 })
        #expect(parts.allSatisfy { $0.parts == parts.count && $0.unsampled == UInt64(5 + max(0, count - 4_096)) })
        for part in parts {
            let bytes = AgentEnvelope.containers(part).encoded()
            #expect(bytes.count < WireLimits.messageBytes / 2)
            #expect(try bytes.withUnsafeBytes { try AgentEnvelope(decoding: $0) } == .containers(part))
        }
    }

    @Test func `a full part of containers with the longest names fits a message and the decoding budget`() throws {
        var part = MessageExamples.containers(count: WireLimits.containersPerPart)
        for index in part.containers.indices {
            part.containers[index].containerID = String(repeating: "a", count: 64)
            part.containers[index].podUID = String(repeating: "b", count: 128)
            part.containers[index].namespace = String(repeating: "c", count: 63)
            part.containers[index].pod = String(repeating: "d", count: 253)
            part.containers[index].container = String(repeating: "e", count: 63)
            part.containers[index].function = FunctionName(String(repeating: "f", count: 253))
        }
        let bytes = AgentEnvelope.containers(part).encoded()
        #expect(bytes.count < WireLimits.messageBytes)
        #expect(try bytes.withUnsafeBytes { try AgentEnvelope(decoding: $0) } == .containers(part))
    }

    @Test(arguments: MessageExamples.queries)
    func `a query is read as it was written`(_ query: Query) throws {
        #expect(try query.encoded().withUnsafeBytes { try Query(decoding: $0) } == query)
    }

    @Test(arguments: MessageExamples.replies)
    func `a reply is read as it was written`(_ reply: Reply) throws {
        #expect(try reply.encoded().withUnsafeBytes { try Reply(decoding: $0) } == reply)
    }

    @Test(arguments: MessageExamples.worldRequests)
    func `a request to the world is read as it was written`(_ request: WorldRequest) throws {
        #expect(try request.encoded().withUnsafeBytes { try WorldRequest(decoding: $0) } == request)
    }

    @Test(arguments: MessageExamples.worldReplies)
    func `a reply of the world is read as it was written`(_ reply: WorldReply) throws {
        #expect(try reply.encoded().withUnsafeBytes { try WorldReply(decoding: $0) } == reply)
    }

    @Test func `bits of numbers that are no numbers survive`() throws {
        let values = [Double.nan, -.infinity, -0.0, .leastNonzeroMagnitude]
        let batch = try Batch(
            node: NodeName("w01"), incarnation: 1, sequence: 1, oldestSequence: 1, tableVersion: 1, columnCount: 4,
            ageNanoseconds: [.max], values: values, presence: [0b1010])
        let bytes = AgentMessage.batch(batch).encoded()
        guard case .batch(let read) = try bytes.withUnsafeBytes({ try AgentMessage(decoding: $0) }) else {
            Issue.record("a batch was read as something else")
            return
        }
        #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(read.presence == [0b1010])
        #expect(read.ageNanoseconds == [.max])
    }

    @Test func `a reply larger than a message may be is read when it has arrived in full`() throws {
        let reply = Reply(id: 1, outcome: .json([UInt8](repeating: 0x20, count: 3 << 20)))
        #expect(try reply.encoded().withUnsafeBytes { try Reply(decoding: $0) } == reply)
    }
}
