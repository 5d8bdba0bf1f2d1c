import Measures
import Telemetry
import Testing
import Topology
import Wire

@Suite("What becomes of an agent's messages")
struct TelemetryStateTests {
    private var state = TelemetryState(settings: TelemetrySettings())
    private var agent = ScriptedAgent()
    private let now = MonotonicInstant(nanoseconds: 1_000_000_000_000)

    private mutating func send(_ message: AgentMessage, from sender: String = "w01") -> CoordinatorMessage {
        state.receive(message, from: sender, at: now)
    }

    /// The newest value of one column.
    private func newest(_ column: Int) -> Double? { state[NodeName("w01")]?.newestValue(ofColumn: column)?.value }

    private var counts: NodeTelemetry.Counts? { state[NodeName("w01")]?.counts }

    @Test mutating func `a hello is acknowledged up to what the agent no longer holds`() {
        #expect(send(agent.hello(oldest: 5)) == .ack(incarnation: 1, sequence: 4))
        #expect(state.knownNodes.map(\.node) == [NodeName("w01")])
    }

    @Test mutating func `batches in order are taken, and the last is what is latest`() throws {
        _ = send(agent.hello())
        #expect(send(try agent.batch([(1, 0)])) == .ack(incarnation: 1, sequence: 1))
        #expect(send(try agent.batch([(2, 20 * millisecond), (3, 0)])) == .ack(incarnation: 1, sequence: 2))
        #expect(counts?.acceptedBatches == 2)
        #expect(counts?.acceptedSamples == 3)
        #expect(newest(1) == 3)
        #expect(state[NodeName("w01")]?.latestTakenAt == now)
    }

    @Test mutating func `a batch that came before is acknowledged again and not taken again`() throws {
        _ = send(agent.hello())
        let batch = try agent.batch([(1, 0)])
        _ = send(batch)
        #expect(send(batch) == .ack(incarnation: 1, sequence: 1))
        #expect(counts?.acceptedBatches == 1)
        #expect(counts?.duplicateBatches == 1)
    }

    @Test mutating func `a batch before its time is not taken, and the one it waits for is`() throws {
        _ = send(agent.hello())
        #expect(send(try agent.batch([(1, 0)], sequence: 2, oldest: 1)) == .ack(incarnation: 1, sequence: 0))
        #expect(counts?.earlyBatches == 1)
        #expect(send(try agent.batch([(1, 0)], sequence: 1, oldest: 1)) == .ack(incarnation: 1, sequence: 1))
        #expect(send(try agent.batch([(1, 0)], sequence: 2, oldest: 1)) == .ack(incarnation: 1, sequence: 2))
        #expect(counts?.lostBatches == 0)
    }

    @Test mutating func `batches that the agent has dropped are counted as lost and not waited for`() throws {
        _ = send(agent.hello())
        _ = send(try agent.batch([(1, 0)]))
        #expect(send(try agent.batch([(1, 0)], sequence: 9, oldest: 8)) == .ack(incarnation: 1, sequence: 1))
        #expect(send(try agent.batch([(1, 0)], sequence: 8, oldest: 8)) == .ack(incarnation: 1, sequence: 8))
        #expect(counts?.lostBatches == 6)
    }

    @Test mutating func `losses beyond what can be counted stay at the most that can`() throws {
        for incarnation in 1...3 as ClosedRange<UInt64> {
            agent.incarnation = incarnation
            _ = send(agent.hello())
            #expect(
                send(try agent.batch([(1, 0)], sequence: .max, oldest: .max)) == .ack(incarnation: incarnation, sequence: .max))
            #expect(send(try agent.batch([(1, 0)], sequence: .max, oldest: 1)) == .ack(incarnation: incarnation, sequence: .max))
        }
        #expect(counts?.lostBatches == .max)
    }

    @Test mutating func `an agent without a hello is asked for one`() throws {
        #expect(send(try agent.batch([(1, 0)])).refusal == .helloNeeded)
        #expect(state.counts.unannounced == 1)
        #expect(state.knownNodes.isEmpty)
    }

    @Test mutating func `a batch of an unknown incarnation, table or width asks for a hello`() throws {
        _ = send(agent.hello())
        var other = agent
        other.incarnation = 2
        #expect(send(try other.batch([(1, 0)])).refusal == .helloNeeded)
        other = agent
        other.columns = ScriptedAgent.table(version: 2)
        #expect(send(try other.batch([(1, 0)])).refusal == .helloNeeded)
        let narrow = try Batch(
            node: agent.node, incarnation: 1, sequence: 1, oldestSequence: 1, tableVersion: 1, columnCount: 1,
            ageNanoseconds: [0], values: [1], presence: [1])
        #expect(send(.batch(narrow)).refusal == .helloNeeded)
        #expect(state.counts.unannounced == 3)
        #expect(counts?.acceptedBatches == 0)
    }

    @Test mutating func `another node's name is refused and counted, in hello and batch`() throws {
        #expect(send(agent.hello(), from: "w02").refusal == .nodeNotAllowed)
        _ = send(agent.hello())
        #expect(send(try agent.batch([(1, 0)]), from: "w02").refusal == .nodeNotAllowed)
        #expect(state.counts.wrongNode == 2)
        #expect(counts?.acceptedBatches == 0)
    }

    @Test mutating func `another major version is refused with what is allowed, another minor one is taken`() {
        guard case .refusal(let refusal) = send(agent.hello(major: 2)) else {
            Issue.record("major version 2 was taken")
            return
        }
        #expect(refusal.code == .protocolVersion)
        #expect(refusal.sentence.contains("2.0") && refusal.sentence.contains("allowed is 1.x"))
        #expect(state.counts.wrongVersion == 1)
        #expect(send(agent.hello(minor: 9)) == .ack(incarnation: 1, sequence: 0))
    }

    @Test mutating func `a hello that holds nothing from before the first batch is malformed`() {
        #expect(send(agent.hello(oldest: 0)).refusal == .malformed)
        #expect(state.counts.malformed == 1)
    }

    @Test mutating func `bytes that are no message are counted and answered`() {
        #expect(state.receiveMalformed(WireError(.malformed, "x")).refusal == .malformed)
        #expect(state.counts.malformed == 1)
    }

    @Test mutating func `a restarted agent is counted, its old samples forgotten and its new ones taken from its first`() throws {
        _ = send(agent.hello())
        _ = send(try agent.batch([(1, 0)]))
        agent = ScriptedAgent(incarnation: 77)
        #expect(send(agent.hello()) == .ack(incarnation: 77, sequence: 0))
        #expect(counts?.restarts == 1)
        #expect(newest(1) == nil)
        #expect(send(try agent.batch([(2, 0)])) == .ack(incarnation: 77, sequence: 1))
        #expect(counts?.duplicateBatches == 0)
        #expect(counts?.acceptedBatches == 2)
    }

    @Test mutating func `the same hello again changes nothing, a new table forgets the samples`() throws {
        _ = send(agent.hello())
        _ = send(try agent.batch([(1, 0)]))
        #expect(send(agent.hello()) == .ack(incarnation: 1, sequence: 1))
        #expect(newest(1) == 1)
        agent.columns = ScriptedAgent.table(version: 2)
        #expect(send(agent.hello()) == .ack(incarnation: 1, sequence: 1))
        #expect(newest(1) == nil)
        #expect(counts?.restarts == 0)
    }
}
