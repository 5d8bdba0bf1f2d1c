import Measures
import Telemetry
import Testing
import Topology
import Wire

/// Columns that are read less often than each sample, and agents that sample seldom.
@Suite("What is read seldom")
struct SlowColumnTests {
    private let node = NodeName("w01")
    private var state = TelemetryState(settings: TelemetrySettings(windowNanoseconds: 30 * millisecond))
    private let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    private var sequence: UInt64 = 0
    init() { hello(intervalMilliseconds: 10) }

    private mutating func hello(intervalMilliseconds: UInt32, memoryPeriod: UInt32 = 100) {
        let columns = [
            Column(metric: .instructionsPerCycle, scope: .system, source: "msr", quality: .derived),
            Column(
                metric: .memoryReadBytesPerSecond, scope: .system, source: "pci", quality: .measured,
                periodMilliseconds: memoryPeriod),
            Column(metric: .c6Residency, scope: .system, source: "none", quality: .unavailable, detail: "no register"),
        ]
        _ = state.receive(
            .hello(
                Hello(
                    node: node, incarnation: 1, columns: ColumnTable(version: 1, columns: columns), agentVersion: nil,
                    intervalMilliseconds: intervalMilliseconds, droppedBatches: 0, oldestSequence: sequence + 1)),
            from: "w01", at: start)
    }

    private func at(_ milliseconds: Int) -> MonotonicInstant {
        milliseconds < 0
            ? start.reversed(byNanoseconds: UInt64(-milliseconds) * millisecond)
            : start.advanced(byNanoseconds: UInt64(milliseconds) * millisecond)
    }

    private mutating func sample(_ ipc: Double?, read: Double?, at milliseconds: Int) throws {
        sequence += 1
        let sample = Sample([ipc, read, nil])
        let batch = try Batch(
            node: node, incarnation: 1, sequence: sequence, oldestSequence: sequence, tableVersion: 1, columnCount: 3,
            ageNanoseconds: [0], values: sample.values, presence: sample.presence)
        _ = state.receive(.batch(batch), from: "w01", at: at(milliseconds))
    }

    private func window(at milliseconds: Int) -> NodeMetrics? {
        state.window(of: node, from: start, at: at(milliseconds))
    }

    @Test mutating func `a column keeps its newest value and its age while samples lack it`() throws {
        try sample(1, read: 500, at: 0)
        for milliseconds in [10, 20, 30] { try sample(2, read: nil, at: milliseconds) }
        let telemetry = try #require(state[node])
        #expect(telemetry.newestValue(ofColumn: 0)?.value == 2)
        #expect(telemetry.newestValue(ofColumn: 0)?.takenAt == at(30))
        #expect(telemetry.newestValue(ofColumn: 1)?.value == 500)
        #expect(telemetry.newestValue(ofColumn: 1)?.takenAt == start)
        // What was never there is told apart from what is not there now.
        #expect(telemetry.newestValue(ofColumn: 2) == nil)
        #expect(telemetry.newestValue(ofColumn: 3) == nil && telemetry.newestValue(ofColumn: -1) == nil)
        guard case .known(let readings) = telemetry.present(at: at(40), settings: state.settings) else {
            Issue.record("the node is unknown")
            return
        }
        #expect(readings[.memoryReadBytesPerSecond]?.value == 500)
        #expect(readings[.memoryReadBytesPerSecond]?.ageSeconds == 0.04)
        #expect(readings[.instructionsPerCycle]?.ageSeconds == 0.01)
    }

    @Test mutating func `a metric that is due in each sample is absent when the newest lack it`() throws {
        try sample(1, read: 500, at: 0)
        for milliseconds in [10, 20, 30, 40, 50] { try sample(nil, read: nil, at: milliseconds) }
        let present = try #require(state[node]).present(at: at(50), settings: state.settings)
        #expect(present.value(.instructionsPerCycle) == nil)
        #expect(present.value(.memoryReadBytesPerSecond) == 500)
    }

    @Test mutating func `a metric that is read less often than a silent node is waited for stays shown`() throws {
        hello(intervalMilliseconds: 10, memoryPeriod: 2_000)
        for milliseconds in stride(from: 0, through: 6_010, by: 10) {
            try sample(1, read: milliseconds == 0 ? 500 : nil, at: milliseconds)
            let present = try #require(state[node]).present(at: at(milliseconds), settings: state.settings)
            let expected: Double? = milliseconds <= 6_000 ? 500 : nil
            #expect(present.value(.memoryReadBytesPerSecond) == expected, "at \(milliseconds) ms")
        }
    }

    @Test(arguments: [(100, 100, true), (500, 100, true), (100, 101, false)] as [(UInt32, UInt32, Bool)])
    mutating func `a period no longer than the interval stands for a value in each sample`(
        _ interval: UInt32, _ period: UInt32, _ isInEach: Bool
    ) throws {
        hello(intervalMilliseconds: interval, memoryPeriod: period)
        try sample(1, read: 500, at: 0)
        try sample(2, read: nil, at: 100)
        // What is due in each sample holds no window up.
        #expect(window(at: 100)?.value(.instructionsPerCycle) == (isInEach ? 2 : nil))
        for milliseconds in stride(from: 200, through: 1_200, by: 100) { try sample(2, read: nil, at: milliseconds) }
        let present = try #require(state[node]).present(at: at(1_200), settings: state.settings)
        #expect(present.value(.memoryReadBytesPerSecond) == (isInEach ? nil : 500))
    }

    @Test mutating func `a window waits for a seldom read metric and takes what it covers alone`() throws {
        // Read at -40, 60 and 160: the value of 60 covers time from before the start, that of 160 does not.
        for milliseconds in stride(from: -50, through: 150, by: 10) {
            let read: Double? = milliseconds == -40 ? 1 : milliseconds == 60 ? 2 : nil
            try sample(1, read: read, at: milliseconds)
            if milliseconds >= 0 { #expect(window(at: milliseconds) == nil, "at \(milliseconds) ms") }
        }
        try sample(3, read: 7, at: 160)
        let metrics = try #require(window(at: 160))
        #expect(metrics.value(.memoryReadBytesPerSecond) == 7)
        #expect(metrics.value(.instructionsPerCycle) == (15 * 1 + 3) / 16.0)
    }

    @Test mutating func `several values of a seldom read metric are averaged`() throws {
        for milliseconds in stride(from: 0, through: 300, by: 10) {
            try sample(1, read: milliseconds % 100 == 0 ? Double(milliseconds) : nil, at: milliseconds)
        }
        #expect(window(at: 300)?.value(.memoryReadBytesPerSecond) == 200)
    }

    @Test mutating func `a seldom read metric that has stopped coming is waited for no longer than three periods`() throws {
        try sample(1, read: 5, at: -10)
        for milliseconds in stride(from: 0, through: 290, by: 10) { try sample(1, read: nil, at: milliseconds) }
        #expect(window(at: 290) == nil)
        try sample(1, read: nil, at: 300)
        let metrics = try #require(window(at: 300))
        #expect(metrics.value(.memoryReadBytesPerSecond) == nil)
        #expect(metrics.value(.instructionsPerCycle) == 1)
    }

    @Test mutating func `a seldom read metric that never came is not waited for`() throws {
        for milliseconds in [0, 10, 20, 30] { try sample(1, read: nil, at: milliseconds) }
        #expect(window(at: 30)?.isKnown == true)
    }

    @Test(arguments: [
        (10, 3_000), (1_000, 3_000), (2_000, 6_000), (60_000, 180_000), (UInt32.max, 180_000),
    ] as [(UInt32, Int)])
    mutating func `an agent may be silent for three of its intervals`(_ interval: UInt32, _ allowed: Int) throws {
        hello(intervalMilliseconds: interval)
        try sample(1, read: nil, at: 0)
        let telemetry = try #require(state[node])
        #expect(telemetry.present(at: at(allowed), settings: state.settings).isKnown)
        #expect(!telemetry.present(at: at(allowed + 1), settings: state.settings).isKnown)
        guard case .unknown? = window(at: allowed + 1) else {
            Issue.record("a silent node is not unknown")
            return
        }
        #expect(window(at: allowed) == nil, "a window that may still fill is waited for")
    }

    @Test func `a reader waits for an agent that samples seldom as long as it may be silent`() async throws {
        let time = ManualTime(start: start)
        let hub = TelemetryHub(settings: TelemetrySettings(windowNanoseconds: 30 * millisecond), time: time)
        var agent = ScriptedAgent()
        _ = hub.receive(
            .hello(
                Hello(
                    node: node, incarnation: 1, columns: agent.columns, agentVersion: nil, intervalMilliseconds: 20_000,
                    droppedBatches: 0, oldestSequence: 1)), from: "w01")
        _ = hub.receive(try agent.batch([(1, 0)]), from: "w01")
        // The first sample lies before the asking, the second straddles it: the third makes the window.
        time.advance(byNanoseconds: 1)
        let reader = Task { await hub.freshWindow(of: [NodeName("w01")]) }
        while hub.waitingReaders == 0 { await Task.yield() }
        for value in [2, 3] as [Double] {
            time.advance(byNanoseconds: 20_000 * millisecond)
            hub.expire()
            #expect(hub.waitingReaders == 1)
            _ = hub.receive(try agent.batch([(value, 0)]), from: "w01")
        }
        #expect(await reader.value[node]?.value(.instructionsPerCycle) == 3)
    }
}
