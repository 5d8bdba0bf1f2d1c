public import Measures
import Topology

/// The thesis' package-aware balancer: two homes by the function's largest package, the less loaded of them unless it
/// has reached the threshold, else the least loaded of all (ESPOL 2018, algorithm of the "package-aware" scheduler).
///
/// The homes are FNV-1 and FNV-1a of the package's name modulo the number of workers; of two equally loaded homes it is
/// the second. The least loaded of all is the first of equals. A function whose packages are not known, or that needs
/// none, has its homes by its own name, where the thesis refuses the request. A home that takes no requests leaves them
/// to the other home, and both together to the least loaded of all.
public struct PackageAware: Balancer {
    /// What the list calls it.
    public static let name = "package-aware"
    static let entry = BalancerEntry(name, "two homes by the largest package, up to a load threshold", usesSalt: true) {
        Self(loadThreshold: $0.loadThreshold, salt: $0.hashSalt)
    }

    private let loadThreshold: Int
    private let salt: String

    /// Homes hold up to `loadThreshold` requests; `salt` stands before each name that is hashed, and is empty in the
    /// thesis.
    public init(loadThreshold: Int, salt: String = "") {
        self.loadThreshold = loadThreshold
        self.salt = salt
    }

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        let fleet = state.fleet
        let members = fleet.workers.indices.filter { fleet.workers[$0].isMember && fleet.workers[$0].weight > 0 }
        let name = request.packages?.first.map(state.registry.name(of:)) ?? request.invocation.function.rawValue
        let key = (salt + name).utf8
        let first = members[Int(Hashes.fnv1(key)) % members.count]
        let second = members[Int(Hashes.fnv1a(key)) % members.count]
        let home =
            switch (candidates.contains(first), candidates.contains(second)) {
            case (true, true): fleet.workers[first].inFlight < fleet.workers[second].inFlight ? first : second
            case (true, false): Optional(first)
            case (false, true): Optional(second)
            case (false, false): nil as Int?
            }
        if let home, fleet.workers[home].inFlight < loadThreshold { return home }
        return candidates.indices.dropFirst().reduce(candidates.indices[0]) {
            fleet.workers[$1].inFlight < fleet.workers[$0].inFlight ? $1 : $0
        }
    }
}
