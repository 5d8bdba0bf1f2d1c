public import Measures

/// The worker with the fewest requests for its weight; among equals, whose turn it is (nginx' least_conn).
///
/// Equals take turns because the first of them would otherwise get everything that comes one at a time, and all of it
/// would be lost with that one worker.
public struct WeightedLeastConnections: Balancer {
    static let entry = BalancerEntry("least-loaded", "fewest requests for its weight, equals in turn") { _ in Self() }

    private var rotation = SmoothRotation()

    /// Begins with the first worker.
    public init() {}

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        let least = state.fleet.leastLoaded(of: candidates.indices)
        return least.count == 1 ? least[0] : rotation.next(among: least, in: state.fleet)
    }

    public mutating func ended(
        _ request: SentRequest, _ outcome: RequestOutcome, in state: RoutingState, at now: MonotonicInstant
    ) {
        guard outcome == .workerFailed, let index = state.fleet.index(of: request.worker) else { return }
        rotation.failed(index, in: state.fleet)
    }
}
