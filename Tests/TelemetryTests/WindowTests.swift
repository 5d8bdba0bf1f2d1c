import Measures
import Telemetry
import Testing
import Topology
import Wire

@Suite("Windows over what was measured")
struct WindowTests {
    private let node = NodeName("w01")
    private var state = TelemetryState(
        settings: TelemetrySettings(windowNanoseconds: 30 * millisecond, unknownAfterNanoseconds: 3_000 * millisecond))
    private var agent = ScriptedAgent()
    private let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)

    init() {
        _ = state.receive(agent.hello(), from: "w01", at: start)
    }

    /// A sample of system-wide `ipc` taken this long after the start (negative: before).
    private mutating func sample(_ ipc: Double?, at milliseconds: Int) throws {
        let at = milliseconds < 0
            ? start.reversed(byNanoseconds: UInt64(-milliseconds) * millisecond)
            : start.advanced(byNanoseconds: UInt64(milliseconds) * millisecond)
        _ = state.receive(try agent.batch([(ipc, 0)]), from: "w01", at: at)
    }

    private func window(at milliseconds: UInt64) -> NodeMetrics? {
        state.window(of: node, from: start, at: start.advanced(byNanoseconds: milliseconds * millisecond))
    }

    @Test mutating func `a sample that straddles the window's start does not count`() throws {
        // Each covers the 10 ms before it: the first that lies wholly after the start is the one at 15.
        for (ipc, at) in [(100, -5), (50, 5), (1, 15), (2, 25), (6, 35)] as [(Double, Int)] { try sample(ipc, at: at) }
        #expect(window(at: 36)?.value(.instructionsPerCycle) == 3)
    }

    @Test mutating func `a sample that begins exactly at the start counts`() throws {
        for (ipc, at) in [(100, 0), (1, 10), (2, 20), (3, 30)] as [(Double, Int)] { try sample(ipc, at: at) }
        #expect(window(at: 30)?.value(.instructionsPerCycle) == 2)
    }

    @Test mutating func `a window is not full before it spans what it must`() throws {
        for at in [0, 10, 20] { try sample(1, at: at) }
        #expect(window(at: 20) == nil)
        try sample(1, at: 29)
        #expect(window(at: 29) == nil)
        try sample(1, at: 30)
        #expect(window(at: 30) != nil)
    }

    @Test mutating func `samples within one batch are told apart by their ages`() throws {
        let batch = try agent.batch(
            (0...4).map { (ipc: Double($0), age: UInt64(40 - 10 * $0) * millisecond) })
        _ = state.receive(batch, from: "w01", at: start.advanced(byNanoseconds: 40 * millisecond))
        // Samples at 0, 10 ... 40: those at 10 and later lie in the window.
        #expect(window(at: 40)?.value(.instructionsPerCycle) == 2.5)
    }

    @Test mutating func `a metric that is absent stays absent and is never zero`() throws {
        for at in [0, 10, 20, 30] { try sample(nil, at: at) }
        guard case .known(let readings)? = window(at: 30) else {
            Issue.record("the window is not known")
            return
        }
        #expect(readings[.instructionsPerCycle]?.value == nil)
        #expect(readings[.instructionsPerCycle]?.quality == .measured)
        #expect(readings[.c0Residency]?.value == 0.5)
    }

    @Test mutating func `a metric that is absent at times is averaged over the others`() throws {
        for (ipc, at) in [(1, 0), (nil, 10), (4, 20), (8, 30)] as [(Double?, Int)] { try sample(ipc, at: at) }
        #expect(window(at: 30)?.value(.instructionsPerCycle) == 6)
    }

    @Test mutating func `numbers that are none count as absent`() throws {
        for (ipc, at) in [(1, 0), (.nan, 10), (.infinity, 20), (8, 30)] as [(Double, Int)] { try sample(ipc, at: at) }
        #expect(window(at: 30)?.value(.instructionsPerCycle) == 8)
    }

    @Test mutating func `a metric without a column is unavailable`() throws {
        agent.columns = ColumnTable(version: 2, columns: [agent.columns.columns[0]])
        _ = state.receive(agent.hello(), from: "w01", at: start)
        for at in [0, 10, 20, 30] as [UInt64] {
            agent.sequence += 1
            let batch = try Batch(
                node: node, incarnation: 1, sequence: agent.sequence, oldestSequence: agent.sequence, tableVersion: 2,
                columnCount: 1, ageNanoseconds: [0], values: [1], presence: [1])
            _ = state.receive(.batch(batch), from: "w01", at: start.advanced(byNanoseconds: at * millisecond))
        }
        guard case .known(let readings)? = window(at: 30) else {
            Issue.record("the window is not known")
            return
        }
        #expect(readings.values.allSatisfy { $0.value == nil && $0.quality == .unavailable })
    }

    @Test mutating func `a node that has gone silent is unknown, never idle, and known again when it is back`() throws {
        for at in [0, 10, 20, 30] { try sample(1, at: at) }
        #expect(window(at: 3_030)?.value(.instructionsPerCycle) == 1)
        guard case .unknown(let reason)? = window(at: 3_031) else {
            Issue.record("a silent node is not unknown")
            return
        }
        #expect(reason.contains("w01") && reason.contains("3 s"))
        let late = start.advanced(byNanoseconds: 3_031 * millisecond)
        guard case .unknown = state[node]?.present(at: late, settings: state.settings) else {
            Issue.record("a silent node is present")
            return
        }
        for at in [3_040, 3_050] { try sample(1, at: at) }
        #expect(window(at: 3_050)?.value(.instructionsPerCycle) == 1)
    }

    @Test mutating func `samples that come late do not make a node fresh`() throws {
        let old = try agent.batch([(1, 9_000 * millisecond), (1, 8_000 * millisecond)])
        _ = state.receive(old, from: "w01", at: start)
        guard case .unknown? = window(at: 0) else {
            Issue.record("old samples made the node known")
            return
        }
    }

    @Test func `a node that has not said hello, or sent nothing, is unknown`() {
        for name in ["w01", "w09"] {
            guard case .unknown(let reason)? = state.window(of: NodeName(name), from: start, at: start) else {
                Issue.record("\(name) is not unknown")
                return
            }
            #expect(reason.contains(name))
        }
    }

    @Test mutating func `what people see is the newest window, not all that is kept`() throws {
        for at in 0..<100 { try sample(at < 90 ? 1_000 : 2, at: at * 10) }
        let now = start.advanced(byNanoseconds: 990 * millisecond)
        #expect(state[node]?.present(at: now, settings: state.settings).value(.instructionsPerCycle) == 2)
    }

    @Test mutating func `what people see is the newest sample when samples are further apart than a window`() throws {
        for (ipc, at) in [(1, 0), (2, 500)] as [(Double, Int)] { try sample(ipc, at: at) }
        let now = start.advanced(byNanoseconds: 501 * millisecond)
        #expect(state[node]?.present(at: now, settings: state.settings).value(.instructionsPerCycle) == 2)
    }

    @Test func `a window of a minute fills even at the shortest interval`() throws {
        var state = TelemetryState(settings: TelemetrySettings(windowNanoseconds: 60_000 * millisecond))
        var agent = ScriptedAgent()
        _ = state.receive(agent.hello(), from: "w01", at: start)
        var now = start
        for _ in 0..<6_001 {
            _ = state.receive(try agent.batch([(1, 0)]), from: "w01", at: now)
            now = now.advanced(byNanoseconds: 10 * millisecond)
        }
        #expect(state.window(of: node, from: start, at: now)?.value(.instructionsPerCycle) == 1)
    }
}
