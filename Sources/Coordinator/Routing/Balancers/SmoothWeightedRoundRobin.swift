public import Measures

/// Each worker in turn, as often as its weight says, spread as evenly as can be (`SmoothRotation`).
public struct SmoothWeightedRoundRobin: Balancer {
    static let entry = BalancerEntry("round-robin", "each in turn by weight, smoothly") { _ in Self() }

    private var rotation = SmoothRotation()

    /// Begins with the first worker.
    public init() {}

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        rotation.next(among: candidates.indices, in: state.fleet)
    }

    public mutating func ended(
        _ request: SentRequest, _ outcome: RequestOutcome, in state: RoutingState, at now: MonotonicInstant
    ) {
        guard outcome == .workerFailed, let index = state.fleet.index(of: request.worker) else { return }
        rotation.failed(index, in: state.fleet)
    }
}
