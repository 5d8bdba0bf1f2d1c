import Measures
import Telemetry
import Testing
import Topology
import Uplink
import Wire

/// An agent that samples every 100 ms and has no connection for ten minutes, in virtual time: what its buffer holds
/// arrives afterwards, all of it and once, and what it could not hold is counted to the batch.
@Suite("Ten minutes without a connection")
struct DisconnectTests {
    private static let interval: UInt64 = 100_000_000
    private static let samples = 6_000
    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 1 << 50))

    /// A table as an agent with so many CPUs has: 16 metrics of the system, 12 of each CPU.
    private static func table(cpus: Int) -> ColumnTable {
        let scopes: [(Scope, Int)] = [(.system, 16)] + (0..<cpus).map { (.core($0), 12) }
        return ColumnTable(
            version: 1,
            columns: scopes.flatMap { scope, count in
                (0..<count).map { Column(metric: Metric("m\($0)"), scope: scope, source: "msr", quality: .measured) }
            })
    }

    /// A sample whose first column is its number.
    private static func sample(_ number: Int, of table: ColumnTable) -> Sample {
        Sample([Double(number)] + (1..<table.columns.count).map { Double($0) / 3 })
    }

    /// Lets everything that the two sides have to say arrive; returns how many batches were sent.
    private func exchange(_ uplink: inout UplinkState, _ hub: TelemetryHub) -> Int {
        var batches = 0
        while let message = uplink.nextMessage(at: time.now) {
            uplink.didSend(message, at: time.now)
            if case .batch = message { batches += 1 }
            _ = uplink.receive(hub.receive(message, from: "w01"), at: time.now)
        }
        return batches
    }

    @Test(arguments: [4, 8, 16, 64])
    func `what the buffer holds arrives once, and what it lost is counted exactly`(cpus: Int) throws {
        let table = Self.table(cpus: cpus)
        let settings = UplinkSettings(intervalMilliseconds: 100)
        var uplink = UplinkState(
            node: NodeName("w01"), incarnation: 5, columns: table, agentVersion: "t", settings: settings)
        let hub = TelemetryHub(settings: TelemetrySettings(), time: time)
        uplink.add(Self.sample(1, of: table), columns: table, takenAt: time.now)
        #expect(exchange(&uplink, hub) == 1)
        for number in 2...Self.samples + 1 {
            time.advance(byNanoseconds: Self.interval)
            uplink.add(Self.sample(number, of: table), columns: table, takenAt: time.now)
            // Without a connection the socket takes nothing.
            _ = uplink.nextMessage(at: time.now)
            #expect(uplink.bufferedBytes <= settings.bufferedBytes)
        }
        let held = uplink.bufferedBatches
        let dropped = uplink.droppedBatches
        #expect(UInt64(held) + dropped == UInt64(Self.samples))
        // 12 metrics of 8 CPUs for ten minutes fit into the buffer's default; of 64 CPUs, some two minutes do.
        #expect((dropped == 0) == (cpus <= 8))
        #expect(held > 1_200)

        time.advance(byNanoseconds: Self.interval)
        #expect(exchange(&uplink, hub) == held, "each is sent once")
        let node = try #require(hub.snapshot().state[NodeName("w01")])
        #expect(uplink.bufferedBatches == 0 && uplink.bufferedBytes == 0)
        #expect(uplink.acknowledgedBatches == UInt64(held) + 1)
        #expect(node.counts.acceptedBatches == UInt64(held) + 1)
        #expect(node.counts.lostBatches == dropped)
        #expect(node.counts.duplicateBatches == 0 && node.counts.earlyBatches == 0 && node.counts.restarts == 0)
        let newest = try #require(node.newestValue(ofColumn: 0))
        #expect(newest.value == Double(Self.samples + 1))
        #expect(time.now.nanoseconds(since: newest.takenAt) == Self.interval)
    }
}
