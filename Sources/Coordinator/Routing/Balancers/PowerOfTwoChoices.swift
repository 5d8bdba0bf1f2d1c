public import Measures

/// Two different workers drawn by weight, and of these the one with fewer requests for its weight; the first drawn of
/// two equals (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001; nginx'
/// `random two least_conn`).
public struct PowerOfTwoChoices: Balancer {
    static let entry = BalancerEntry("power-of-two", "the less loaded of two drawn by weight") { Self(seed: $0.seed) }

    private var random: SeededRandom

    /// Draws from the sequence that belongs to `seed`.
    public init(seed: UInt64) {
        random = SeededRandom(seed: seed, stream: "power of two choices")
    }

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        let first = drawByWeight(candidates.indices, in: state.fleet, using: &random)
        let others = candidates.indices.filter { $0 != first }
        guard !others.isEmpty else { return first }
        let second = drawByWeight(others, in: state.fleet, using: &random)
        return state.fleet.isLessLoaded(second, than: first) ? second : first
    }
}
