public import Measures
import Topology

/// Consistent hashing of the function's name with bounded loads: the first worker on the ring that has room, where room
/// is `factor` times its share of all requests, rounded up (Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing
/// with Bounded Loads", SODA 2018).
///
/// The olscheduler divides before it multiplies, so its bound is 2 until there are two requests for each worker; and
/// its key is the whole URI, so that a query parts requests of one function. Here the bound is the paper's and the key
/// the name.
public struct BoundedHash: Balancer {
    static let entry = BalancerEntry(
        "bounded-hash", "consistent hashing of the function, loads bounded", usesSalt: true
    ) {
        Self(factor: $0.boundedLoadFactor, salt: $0.hashSalt)
    }

    private let factor: Double
    private let salt: String
    private var ring: (version: UInt64, ring: HashRing)?

    /// No worker gets more than `factor` times its share; `factor` must be above 1.
    public init(factor: Double, salt: String = "") {
        precondition(factor > 1, "with a factor of 1 there may be no worker with room")
        self.factor = factor
        self.salt = salt
    }

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        let fleet = state.fleet
        if ring?.version != fleet.version || ring == nil {
            ring = (fleet.version, HashRing(fleet, salt: salt))
        }
        let hash = Hashes.mixed64((salt + request.invocation.function.rawValue).utf8)
        let weight = candidates.indices.reduce(0) { $0 + fleet.workers[$1].weight }
        let load = candidates.indices.reduce(1) { $0 + fleet.workers[$1].inFlight }
        let perWeight = factor * Double(load) / Double(weight)
        let chosen = ring?.ring.first(from: hash) { index in
            guard candidates.contains(index) else { return false }
            let worker = fleet.workers[index]
            return worker.inFlight + 1 <= Int((perWeight * Double(worker.weight)).rounded(.up))
        }
        // With a factor above 1 the bounds add up to more than the load, so someone always has room.
        return chosen ?? candidates.indices[0]
    }
}
