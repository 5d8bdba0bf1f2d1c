import Measures
import Testing
import Topology
import Uplink
import Wire

@Suite("The agent's side of the telemetry protocol")
struct UplinkStateTests {
    private static let second: UInt64 = 1_000_000_000
    private var now = MonotonicInstant(nanoseconds: 5 * second)
    private var state = Self.state()

    private static func state(samplesPerBatch: Int = 1, bufferedBatches: Int = 100) -> UplinkState {
        UplinkState(
            node: NodeName("w01"), incarnation: 42, columns: table(1), agentVersion: "t",
            settings: UplinkSettings(
                intervalMilliseconds: 500, samplesPerBatch: samplesPerBatch, bufferedBatches: bufferedBatches,
                resendAfterNanoseconds: second))
    }

    private static func table(_ version: UInt32) -> ColumnTable {
        ColumnTable(
            version: version,
            columns: [Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .measured)])
    }

    private mutating func add(_ values: [Double], table version: UInt32 = 1) {
        for value in values { state.add(Sample([value]), columns: Self.table(version), takenAt: now) }
    }

    /// What goes out now over a connection that takes everything: "hello TABLE OLDEST" and "batch SEQUENCE".
    private mutating func sent() -> [String] {
        var sent: [String] = []
        while let message = state.nextMessage(at: now) {
            state.didSend(message, at: now)
            switch message {
            case .hello(let hello): sent.append("hello \(hello.columns.version) \(hello.oldestSequence)")
            case .batch(let batch): sent.append("batch \(batch.sequence)")
            }
        }
        return sent
    }

    private mutating func receive(_ message: CoordinatorMessage) -> [UplinkState.Event] { state.receive(message, at: now) }
    private mutating func ack(_ sequence: UInt64) -> [UplinkState.Event] {
        receive(.ack(incarnation: 42, sequence: sequence))
    }
    private mutating func wait(_ nanoseconds: UInt64) { now = now.advanced(byNanoseconds: nanoseconds) }

    /// A state whose hello is acknowledged.
    private mutating func connect() {
        #expect(sent() == ["hello 1 1"])
        #expect(ack(0) == [.connected])
    }

    @Test mutating func `a hello comes first, and batches wait for its acknowledgement`() {
        add([1, 2])
        #expect(sent() == ["hello 1 1"])
        #expect(sent() == [])
        #expect(ack(0) == [.connected])
        #expect(sent() == ["batch 1", "batch 2"])
        #expect(sent() == [])
        #expect(state.bufferedBatches == 2)
    }

    @Test mutating func `a message that could not be sent is offered again`() {
        guard case .hello? = state.nextMessage(at: now), case .hello? = state.nextMessage(at: now) else {
            Issue.record("the hello was offered once only")
            return
        }
        connect()
        add([1])
        guard case .batch(let first)? = state.nextMessage(at: now), case .batch(let second)? = state.nextMessage(at: now)
        else {
            Issue.record("the batch was offered once only")
            return
        }
        #expect(first.sequence == second.sequence)
    }

    @Test mutating func `a batch carries its samples, their ages at sending and the oldest that is held`() throws {
        state = Self.state(samplesPerBatch: 2)
        connect()
        add([1])
        wait(300)
        add([2])
        wait(50)
        guard case .batch(let batch)? = state.nextMessage(at: now) else {
            Issue.record("no batch is offered")
            return
        }
        #expect(batch.ageNanoseconds == [350, 50])
        #expect(batch.values == [1, 2])
        #expect(batch.presence == [1, 1])
        #expect(batch.oldestSequence == 1)
        #expect(batch.incarnation == 42)
    }

    @Test mutating func `acknowledged batches are let go`() {
        connect()
        add([1, 2, 3])
        _ = sent()
        #expect(ack(2) == [])
        #expect(state.bufferedBatches == 1)
        #expect(state.acknowledgedBatches == 2)
        #expect(ack(3) == [])
        #expect(ack(3) == [])
        #expect(state.acknowledgedBatches == 3)
    }

    @Test mutating func `acknowledgements of another incarnation, or of what was never sent, mean nothing`() {
        add([1])
        #expect(sent() == ["hello 1 1"])
        #expect(receive(.ack(incarnation: 41, sequence: 0)) == [])
        #expect(ack(.max) == [])
        #expect(ack(2) == [])
        #expect(sent() == [])
        #expect(state.bufferedBatches == 1)
        #expect(ack(1) == [.connected])
        #expect(state.bufferedBatches == 0)
    }

    @Test mutating func `a hello without an answer is sent again after a while`() {
        #expect(sent() == ["hello 1 1"])
        #expect(state.deadline == now.advanced(byNanoseconds: Self.second))
        wait(Self.second - 1)
        #expect(sent() == [])
        wait(1)
        #expect(sent() == ["hello 1 1"])
    }

    @Test mutating func `after a lost batch everything from there on is sent again`() {
        connect()
        add([1, 2, 3])
        #expect(sent() == ["batch 1", "batch 2", "batch 3"])
        _ = ack(1)
        #expect(state.deadline == now.advanced(byNanoseconds: Self.second))
        wait(Self.second)
        #expect(sent() == ["hello 1 2"])
        #expect(ack(1) == [.connected])
        #expect(sent() == ["batch 2", "batch 3"])
    }

    @Test mutating func `progress puts off the resending, and nothing is awaited when all is acknowledged`() {
        connect()
        #expect(state.deadline == nil)
        add([1, 2])
        _ = sent()
        wait(Self.second - 1)
        _ = ack(1)
        wait(Self.second - 1)
        #expect(sent() == [])
        _ = ack(2)
        #expect(state.deadline == nil)
        wait(10 * Self.second)
        #expect(sent() == [])
    }

    @Test mutating func `a coordinator that restarted asks for a hello and gets all that is not acknowledged`() {
        connect()
        add([1, 2, 3])
        _ = sent()
        _ = ack(1)
        let refusal = CoordinatorMessage.refusal(Refusal(.helloNeeded, "x"))
        #expect(receive(refusal) == [])
        #expect(sent() == ["hello 1 2"])
        // The batches that were under way are refused too; that starts nothing anew.
        #expect(receive(refusal) == [])
        #expect(sent() == [])
        #expect(ack(1) == [.connected])
        #expect(sent() == ["batch 2", "batch 3"])
    }

    @Test mutating func `a full buffer drops the oldest and counts`() {
        state = Self.state(bufferedBatches: 3)
        connect()
        add([1, 2, 3, 4, 5])
        #expect(state.droppedBatches == 2)
        #expect(sent() == ["batch 3", "batch 4", "batch 5"])
        guard case .hello(let hello) = (wait(Self.second), state.nextMessage(at: now)).1 else {
            Issue.record("no hello is offered")
            return
        }
        #expect(hello.oldestSequence == 3)
        #expect(hello.droppedBatches == 2)
    }

    @Test mutating func `no more than so many batches are on their way at once`() {
        state = UplinkState(
            node: NodeName("w01"), incarnation: 42, columns: Self.table(1), agentVersion: "t",
            settings: UplinkSettings(unansweredBatches: 3, resendAfterNanoseconds: Self.second))
        connect()
        add([1, 2, 3, 4, 5, 6, 7, 8])
        #expect(sent() == ["batch 1", "batch 2", "batch 3"])
        _ = ack(1)
        #expect(sent() == ["batch 4"])
        _ = ack(4)
        #expect(sent() == ["batch 5", "batch 6", "batch 7"])
        // What is lost is sent again, no more at once than before.
        wait(Self.second)
        #expect(sent() == ["hello 1 5"])
        _ = ack(4)
        #expect(sent() == ["batch 5", "batch 6", "batch 7"])
        _ = ack(7)
        #expect(sent() == ["batch 8"])
    }

    @Test mutating func `a changed interval is announced though no batch may be sent`() {
        state = UplinkState(
            node: NodeName("w01"), incarnation: 42, columns: Self.table(1), agentVersion: "t",
            settings: UplinkSettings(unansweredBatches: 1, resendAfterNanoseconds: Self.second))
        connect()
        add([1])
        add([2], table: 2)
        #expect(sent() == ["batch 1"])
        state.announce(intervalMilliseconds: 30)
        #expect(sent() == ["hello 2 1"])
        #expect(ack(1) == [.connected])
        #expect(sent() == ["batch 2"])
    }

    @Test mutating func `a table that changes in mid-buffer is announced when its batches come up`() {
        connect()
        add([1, 2])
        add([3, 4], table: 2)
        #expect(sent() == ["batch 1", "batch 2", "hello 2 1"])
        #expect(ack(2) == [.connected])
        #expect(sent() == ["batch 3", "batch 4"])
    }

    @Test mutating func `going back behind a change of table announces the older table first`() {
        connect()
        add([1])
        add([2], table: 2)
        #expect(sent() == ["batch 1", "hello 2 1"])
        _ = ack(1)
        #expect(sent() == ["batch 2"])
        add([3], table: 2)
        _ = receive(.refusal(Refusal(.helloNeeded, "x")))
        #expect(sent() == ["hello 2 2"])
        state = Self.state()
        add([1])
        add([2], table: 2)
        // Everything is sent, nothing arrives.
        #expect(sent() == ["hello 1 1"])
        _ = ack(0)
        #expect(sent() == ["batch 1", "hello 2 1"])
        #expect(ack(0) == [.connected])
        // The coordinator knows table 2 by now, but batch 1 has not arrived: its table is announced again.
        #expect(sent() == ["hello 1 1"])
        #expect(ack(0) == [.connected])
        #expect(sent() == ["batch 1", "hello 2 1"])
    }

    @Test mutating func `a table that changes while a hello is under way is not taken for announced`() {
        #expect(sent() == ["hello 1 1"])
        add([1], table: 2)
        #expect(ack(0) == [.connected])
        #expect(sent() == ["hello 2 1"])
        #expect(ack(0) == [.connected])
        #expect(sent() == ["batch 1"])
    }

    @Test mutating func `a batch that is not full is closed when the table changes`() {
        state = Self.state(samplesPerBatch: 3)
        connect()
        add([1, 2])
        #expect(state.bufferedBatches == 0)
        add([3], table: 2)
        #expect(state.bufferedBatches == 1)
        guard case .batch(let batch)? = state.nextMessage(at: now) else {
            Issue.record("no batch is offered")
            return
        }
        #expect(batch.values == [1, 2])
        #expect(batch.tableVersion == 1)
    }

    @Test(arguments: [
        (0, false), (9, false), (10, true), (500, true), (60_000, true), (60_001, false), (UInt32.max, false),
    ] as [(UInt32, Bool)])
    mutating func `an interval is asked for within its bounds`(_ milliseconds: UInt32, _ isAllowed: Bool) {
        #expect(
            receive(.setInterval(milliseconds: milliseconds))
                == (isAllowed ? [.intervalOrdered(milliseconds: milliseconds)] : []))
    }

    @Test mutating func `a changed interval is announced by a hello, and nothing is sent twice for it`() {
        connect()
        add([1, 2])
        #expect(sent() == ["batch 1", "batch 2"])
        state.announce(intervalMilliseconds: 500)
        #expect(sent() == [])
        state.announce(intervalMilliseconds: 40)
        guard case .hello(let hello)? = state.nextMessage(at: now) else {
            Issue.record("no hello is offered")
            return
        }
        #expect(hello.intervalMilliseconds == 40)
        #expect(sent() == ["hello 1 1"])
        #expect(ack(2) == [.connected])
        add([3])
        #expect(sent() == ["batch 3"])
    }

    @Test mutating func `a changed interval makes a declined agent try no sooner`() {
        _ = sent()
        _ = receive(.refusal(Refusal(.nodeNotAllowed, "no")))
        state.announce(intervalMilliseconds: 40)
        #expect(sent() == [])
        wait(Self.second)
        #expect(sent() == ["hello 1 1"])
    }

    @Test mutating func `another major version ends the agent`() {
        _ = sent()
        #expect(receive(.refusal(Refusal(.protocolVersion, "speaks 2"))) == [.incompatible("speaks 2")])
    }

    @Test mutating func `a refused agent goes on trying and loses nothing`() {
        add([1])
        _ = sent()
        let refusal = Refusal(.nodeNotAllowed, "no")
        #expect(receive(.refusal(refusal)) == [.refused(refusal)])
        #expect(sent() == [])
        #expect(ack(0) == [])
        wait(Self.second)
        #expect(sent() == ["hello 1 1"])
        #expect(ack(0) == [.connected])
        #expect(sent() == ["batch 1"])
    }
}
