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

    /// The wish for `allocation`.
    @inlinable
    public init(_ allocation: Resources, safeguarded: Bool = false, returnsOnDemand: Bool = false) {
        self.allocation = allocation
        self.safeguarded = safeguarded
        self.returnsOnDemand = returnsOnDemand
    }
}
