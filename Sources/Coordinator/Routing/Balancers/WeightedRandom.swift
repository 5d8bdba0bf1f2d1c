public import Measures

/// Any worker, each as likely as its weight says.
public struct WeightedRandom: Balancer {
    static let entry = BalancerEntry("random", "any, as likely as its weight") { Self(seed: $0.seed) }

    private var random: SeededRandom

    /// Draws from the sequence that belongs to `seed`.
    public init(seed: UInt64) {
        random = SeededRandom(seed: seed, stream: "weighted random")
    }

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        drawByWeight(candidates.indices, in: state.fleet, using: &random)
    }
}
