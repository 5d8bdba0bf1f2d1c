import Measures
import Telemetry
import Testing
import Topology
import Wire

/// Readers that wait for a window; the time is the test's own.
@Suite("Readers of telemetry", .timeLimit(.minutes(10)))
struct TelemetryHubTests {
    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000_000))
    private let hub: TelemetryHub
    private let node = NodeName("w01")

    init() {
        hub = TelemetryHub(
            settings: TelemetrySettings(windowNanoseconds: 20 * millisecond, unknownAfterNanoseconds: 100 * millisecond),
            time: time)
    }

    /// Asks for a fresh window and returns once the reader waits.
    private func ask(_ nodes: [NodeName]) async -> Task<[NodeName: NodeMetrics], Never> {
        let before = hub.waitingReaders
        let reader = Task { [hub] in await hub.freshWindow(of: nodes) }
        while hub.waitingReaders == before { await Task.yield() }
        return reader
    }

    /// Sends samples 10 ms apart, the first one now.
    private func send(_ values: [Double], by agent: inout ScriptedAgent) throws {
        for (index, value) in values.enumerated() {
            if index > 0 { time.advance(byNanoseconds: 10 * millisecond) }
            _ = hub.receive(try agent.batch([(value, 0)]), from: agent.node.rawValue)
        }
    }

    @Test func `a reader gets a window that began after it asked`() async throws {
        var agent = ScriptedAgent()
        _ = hub.receive(agent.hello(), from: "w01")
        try send([50, 50, 50], by: &agent)
        time.advance(byNanoseconds: 5 * millisecond)
        let reader = await ask([node])
        time.advance(byNanoseconds: 5 * millisecond)
        // The first straddles the asking; the next two make the window.
        try send([50, 1, 3], by: &agent)
        #expect(await reader.value[node]?.value(.instructionsPerCycle) == 2)
    }

    @Test func `a reader waits for the slowest of its nodes`() async throws {
        var (fast, slow) = (ScriptedAgent(), ScriptedAgent(node: NodeName("w02")))
        for agent in [fast, slow] { _ = hub.receive(agent.hello(), from: agent.node.rawValue) }
        try send([1], by: &fast)
        try send([1], by: &slow)
        let reader = await ask([fast.node, slow.node])
        try send([1, 1, 1], by: &fast)
        #expect(hub.waitingReaders == 1)
        try send([5, 5, 5], by: &slow)
        let windows = await reader.value
        #expect(windows[fast.node]?.value(.instructionsPerCycle) == 1)
        #expect(windows[slow.node]?.value(.instructionsPerCycle) == 5)
    }

    @Test func `an unknown node is answered at once`() async throws {
        guard case .unknown = await hub.freshWindow(of: [node])[node] else {
            Issue.record("an unknown node is known")
            return
        }
    }

    @Test func `a node that falls silent while a reader waits becomes unknown`() async throws {
        var agent = ScriptedAgent()
        _ = hub.receive(agent.hello(), from: "w01")
        try send([1], by: &agent)
        let reader = await ask([node])
        time.advance(byNanoseconds: 100 * millisecond)
        hub.expire()
        #expect(hub.waitingReaders == 1)
        time.advance(byNanoseconds: 1)
        hub.expire()
        guard case .unknown = await reader.value[node] else {
            Issue.record("a silent node is known")
            return
        }
    }

    @Test func `a node that sends, but never a whole window, is unknown when the time is over`() async throws {
        var agent = ScriptedAgent()
        _ = hub.receive(agent.hello(), from: "w01")
        try send([1], by: &agent)
        time.advance(byNanoseconds: millisecond)
        let reader = await ask([node])
        time.advance(byNanoseconds: 95 * millisecond)
        // Fresh, but it straddles the asking.
        try send([1], by: &agent)
        #expect(hub.waitingReaders == 1)
        time.advance(byNanoseconds: 25 * millisecond)
        hub.expire()
        #expect(await reader.value[node] == .unknown(reason: "w01 sent no whole window in time"))
    }

    @Test func `a cancelled reader returns with nothing`() async throws {
        var agent = ScriptedAgent()
        _ = hub.receive(agent.hello(), from: "w01")
        try send([1], by: &agent)
        let reader = await ask([node])
        reader.cancel()
        #expect(await reader.value.isEmpty)
        #expect(hub.waitingReaders == 0)
    }

    @Test func `closing answers all readers, and later ones at once`() async throws {
        var agent = ScriptedAgent()
        _ = hub.receive(agent.hello(), from: "w01")
        try send([1], by: &agent)
        let readers = [await ask([node]), await ask([node])]
        hub.close()
        for reader in readers { #expect(await reader.value.keys.contains(node)) }
        #expect(await hub.freshWindow(of: [node]).keys.contains(node))
    }

    @Test func `refusals of the transport are in the snapshot`() {
        hub.noteRefusals(connections: 3, messages: 4)
        let counts = hub.snapshot().state.counts
        #expect(counts.refusedConnections == 3)
        #expect(counts.revokedMessages == 4)
    }
}
