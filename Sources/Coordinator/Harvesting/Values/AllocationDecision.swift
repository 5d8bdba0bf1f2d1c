/// What a manager wants an invocation to have.
///
/// Wanted is not yet had: what lies below the user's amount is lent, what lies above is borrowed as far as others lend.
public struct AllocationDecision: Sendable, Hashable {
    /// The amount wanted, CPU and memory each for itself.
    public var allocation: Resources
    /// Whether the safeguard has decided: the invocation must then never have less than its user's amount.
    public var safeguarded: Bool
    /// Whether what the invocation lends comes back as soon as its own use nears what is left to it. True for Freyr alone;
    /// the managers it is compared with have no safeguard in flight in their papers.
    public var returnsOnDemand: Bool
    /// How much the invocation may come to have in flight, where it uses up what it has; zero where nothing is added.
    /// What is added is borrowed from what lies idle then, and given back where it turns out not to be used. This goes
    /// beyond Freyr's paper; the managers it is compared with do without.
    public var mostInFlight: Resources
    /// Whether the invocation should go where what is wanted lies idle, among the servers that admit it. This, too,
    /// goes beyond the papers, in which servers are searched from a home on.
    public var placedByWish: Bool

    /// The wish for `allocation`.
    @inlinable
    public init(
        _ allocation: Resources, safeguarded: Bool = false, returnsOnDemand: Bool = false,
        mostInFlight: Resources = .zero, placedByWish: Bool = false
    ) {
        self.allocation = allocation
        self.safeguarded = safeguarded
        self.returnsOnDemand = returnsOnDemand
        self.mostInFlight = mostInFlight
        self.placedByWish = placedByWish
    }
}
