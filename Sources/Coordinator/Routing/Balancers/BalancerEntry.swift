/// A balancer as the list names it.
public struct BalancerEntry: Sendable {
    /// What configurations and commands call it.
    public let name: String
    /// What it does, in a few words.
    public let summary: String
    /// Whether `BalancerSettings.hashSalt` changes what it chooses.
    public let usesSalt: Bool
    /// Makes one that has not chosen yet.
    public let make: @Sendable (BalancerSettings) -> any Balancer

    init(
        _ name: String, _ summary: String, usesSalt: Bool = false,
        make: @escaping @Sendable (BalancerSettings) -> any Balancer
    ) {
        self.name = name
        self.summary = summary
        self.usesSalt = usesSalt
        self.make = make
    }

    /// Every balancer, in the order to be shown. One that is added is named here and nowhere else.
    public static let all: [BalancerEntry] = [
        SmoothWeightedRoundRobin.entry,
        WeightedRandom.entry,
        WeightedLeastConnections.entry,
        PowerOfTwoChoices.entry,
        PackageAware.entry,
        BoundedHash.entry,
        ClientHash.entry,
        GenericHash.entry,
        CostAware.entry,
    ]

    /// The balancer called `name`. Throws `RoutingError` naming those there are.
    public static func named(_ name: String) throws(RoutingError) -> BalancerEntry {
        guard let entry = all.first(where: { $0.name == name }) else {
            let known = all.map(\.name).joined(separator: ", ")
            throw RoutingError("there is no balancer \"\(name)\": allowed is \(known)")
        }
        return entry
    }
}
