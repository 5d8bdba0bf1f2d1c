public import Measures

/// Chooses the worker for each request.
///
/// A balancer keeps its own memory and nothing else: it is told what was sent where and how it ended, and it looks at
/// the router's state, never changes it.
public protocol Balancer: Sendable {
    /// The place in `state.fleet.workers` of the worker that `request` should go to: one of `candidates`, which are
    /// never empty.
    mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int

    /// `request` has just been sent to the worker at `index`; `state` counts it already.
    mutating func sent(_ request: SentRequest, to index: Int, in state: RoutingState)

    /// A request has ended; `state` is as it was just before, so that the worker still has it.
    mutating func ended(
        _ request: SentRequest, _ outcome: RequestOutcome, in state: RoutingState, at now: MonotonicInstant)
}

extension Balancer {
    /// Remembers nothing.
    public mutating func sent(_ request: SentRequest, to index: Int, in state: RoutingState) {}

    /// Remembers nothing.
    public mutating func ended(
        _ request: SentRequest, _ outcome: RequestOutcome, in state: RoutingState, at now: MonotonicInstant
    ) {}
}
