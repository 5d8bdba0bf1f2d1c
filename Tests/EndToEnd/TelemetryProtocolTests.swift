import Measures
import Telemetry
import Testing
import Topology
import Uplink
import Wire

/// Both sides of the telemetry protocol against each other, over a network that loses, repeats and cuts off: whatever
/// the order of events, a coordinator takes each batch at most once and in order, and misses only what the agent's
/// bounded buffer dropped.
@Suite("The telemetry protocol under losses")
struct TelemetryProtocolTests {
    @Test(arguments: 1...200)
    func `each batch is taken once and in order, and what is missing was dropped`(_ seed: UInt64) {
        var network = TelemetryNetwork(seed: seed)
        for _ in 0..<2_000 { network.step() }
        network.settle()
        #expect(network.violations.isEmpty)
        #expect(network.taken > 0)
        for life in network.lives {
            #expect(life.lost == life.missing.count, "what the coordinator counts as lost is what it never took")
            #expect(life.missing.isSubset(of: network.dropped), "only dropped batches are missing")
        }
        // Without any of these the seed would have proven little.
        #expect(network.losses > 0 && network.restarts > 0 && network.made > 0)
        #expect(Set(1...network.made).subtracting(network.everTaken) == network.dropped.subtracting(network.everTaken))
    }
}
