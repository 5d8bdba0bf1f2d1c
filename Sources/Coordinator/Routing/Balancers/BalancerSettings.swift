/// What balancers can be set to; each takes what concerns it.
public struct BalancerSettings: Hashable, Sendable {
    /// Decides the random numbers of those that draw.
    public var seed: UInt64
    /// Put before what package-aware and bounded-hash hash, so that homes can be dealt out anew; empty gives the
    /// thesis' hashes.
    public var hashSalt: String
    /// With so many requests a package's home counts as overloaded (package-aware); the thesis' best is 100.
    public var loadThreshold: Int
    /// A worker may have so many times the mean load (bounded-hash); 1.25 in the olscheduler's library.
    public var boundedLoadFactor: Double
    /// What cost-aware assumes before it has measured.
    public var cost: CostSettings

    /// Settings as described. Throws `RoutingError` for a negative threshold and a factor that is not above 1.
    public init(
        seed: UInt64 = 1, hashSalt: String = "", loadThreshold: Int = 100, boundedLoadFactor: Double = 1.25,
        cost: CostSettings = CostSettings()
    ) throws(RoutingError) {
        guard loadThreshold >= 0 else {
            throw RoutingError("the load threshold is \(loadThreshold): allowed is 0 and more")
        }
        guard boundedLoadFactor > 1, boundedLoadFactor.isFinite else {
            throw RoutingError("the bounded load factor is \(boundedLoadFactor): allowed is any number above 1")
        }
        self.seed = seed
        self.hashSalt = hashSalt
        self.loadThreshold = loadThreshold
        self.boundedLoadFactor = boundedLoadFactor
        self.cost = cost
    }
}
