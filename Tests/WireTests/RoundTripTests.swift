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
