import Measures
import Routing
import Testing
import Topology

/// Instants by seconds.
func at(_ seconds: Double) -> MonotonicInstant { MonotonicInstant(nanoseconds: UInt64(seconds * 1e9)) }

func address(_ index: Int, host: String? = nil) throws -> WorkerAddress {
    try WorkerAddress("\(host ?? "w\(index)"):8080")
}

/// Workers w0, w1, ... with these weights.
func fleet(_ weights: [Int], health: HealthRules = HealthRules()) throws -> Fleet {
    var fleet = Fleet(health: health)
    for (index, weight) in weights.enumerated() {
        fleet.add(try WorkerSpecification(address: try address(index), weight: weight))
    }
    return fleet
}

/// A registry of these lists, the largest first.
func registry(_ lists: [String: [String]]) -> PackageRegistry {
    var registry = PackageRegistry()
    for (function, packages) in lists.sorted(by: { $0.key < $1.key }) {
        registry.enter(FunctionName(function), packages: packages)
    }
    return registry
}

/// A router that a test drives by hand.
struct Bench {
    var router: Router
    var held: [(worker: Int, token: RequestToken)] = []

    init(
        _ name: String, weights: [Int] = [1, 1, 1], registry: PackageRegistry = PackageRegistry(),
        health: HealthRules = HealthRules(), settings: BalancerSettings? = nil, queue: Int = 0
    ) throws {
        let balancer = try BalancerEntry.named(name).make(try settings ?? BalancerSettings())
        router = Router(
            state: RoutingState(fleet: try fleet(weights, health: health), registry: registry), balancer: balancer,
            queueCapacity: queue, patienceSeconds: 10)
    }

    /// Sends one invocation and says which worker has it, by its number; nil when none has.
    mutating func send(
        _ function: String = "f", uri: String? = nil, client: [UInt8] = [], at instant: MonotonicInstant = at(0)
    ) -> Int? {
        let invocation = Invocation(function: FunctionName(function), uri: uri, client: client)
        guard case .send(let sent, let address) = router.arrive(invocation, at: instant) else { return nil }
        let worker = Int(address.host.dropFirst()) ?? -1
        held.append((worker, sent.token))
        return worker
    }

    /// The same where some worker must have it.
    mutating func mustSend(
        _ function: String = "f", uri: String? = nil, client: [UInt8] = []
    ) throws -> Int {
        let worker = send(function, uri: uri, client: client)
        return try #require(worker)
    }

    /// Ends the oldest request that worker `index` has.
    mutating func end(_ index: Int, _ outcome: RequestOutcome = .succeeded, at instant: MonotonicInstant = at(0)) {
        guard let place = held.firstIndex(where: { $0.worker == index }) else { return }
        _ = router.end(held.remove(at: place).token, outcome, at: instant)
    }

    /// Sends `count` invocations, each ended before the next.
    mutating func sendInTurn(_ count: Int, _ function: String = "f", uri: String? = nil, client: [UInt8] = []) -> [Int?]
    {
        (0..<count).map { _ in
            let worker = send(function, uri: uri, client: client)
            if let worker { end(worker) }
            return worker
        }
    }

    /// How many requests each worker has.
    var loads: [Int] { router.state.fleet.workers.map(\.inFlight) }
}
