public import Measures
public import Topology

/// Routing as a value: invocations come in and end, workers come and go, and each event says what to do.
///
/// The router sends nothing itself and reads no clock. Who uses it sends each request that it is told to, and tells it
/// once how each ended. What cannot be sent waits, first come, first served, in a queue that is bounded in length and
/// in time.
public struct Router: Sendable {
    /// What to do with an invocation that has just come in.
    public enum Verdict: Hashable, Sendable {
        /// Send it.
        case send(SentRequest, to: WorkerAddress)
        /// Hold it until an effect names its ticket.
        case wait(Ticket)
        /// Answer 503.
        case refuse(Refusal)
    }

    /// What to do with an invocation that has waited.
    public enum Effect: Hashable, Sendable {
        /// Send it.
        case send(Ticket, SentRequest, to: WorkerAddress)
        /// Answer 503.
        case refuse(Ticket, Refusal)
    }

    /// What balancers see.
    public private(set) var state: RoutingState
    private var balancer: any Balancer
    private var queue: WaitingQueue<Invocation>
    private var outstanding: [RequestToken: SentRequest] = [:]
    private var departures = DepartureRate()

    /// Routes among the workers of `state` as `balancer` chooses; `queueCapacity` invocations may wait, for
    /// `patienceSeconds` each.
    public init(
        state: RoutingState, balancer: any Balancer, queueCapacity: Int = 1024, patienceSeconds: Double = 30
    ) {
        self.state = state
        self.balancer = balancer
        queue = WaitingQueue(capacity: queueCapacity, patienceSeconds: patienceSeconds)
    }

    /// How many invocations wait.
    public var waiting: Int { queue.count }

    /// The request that `token` stands for; nil when it has ended.
    public func request(_ token: RequestToken) -> SentRequest? { outstanding[token] }

    // MARK: Requests

    /// `invocation` has come in; with `avoiding` it is one that these workers have failed, and that may go to others.
    public mutating func arrive(
        _ invocation: Invocation, avoiding: [WorkerID] = [], at now: MonotonicInstant
    ) -> Verdict {
        let open = state.fleet.open(at: now)
        let candidates =
            avoiding.isEmpty ? open : open.excluding { avoiding.contains(state.fleet.workers[$0].id) }
        if queue.count == 0, !candidates.isEmpty {
            let sent = send(invocation, among: candidates, at: now)
            return .send(sent.request, to: sent.address)
        }
        let workers = state.fleet.workers
        let mayServe = workers.contains { $0.isInService && !avoiding.contains($0.id) }
        guard mayServe else { return .refuse(refusal(workers.isEmpty ? .noWorkers : .noneInService, at: now)) }
        guard let ticket = queue.join(invocation, at: now) else { return .refuse(refusal(.queueFull, at: now)) }
        return .wait(ticket)
    }

    /// The request that `token` stands for has ended; the second time it is told so nothing happens.
    public mutating func end(_ token: RequestToken, _ outcome: RequestOutcome, at now: MonotonicInstant) -> [Effect] {
        guard let request = outstanding.removeValue(forKey: token) else { return [] }
        balancer.ended(request, outcome, in: state, at: now)
        state.presence.settle(request.request.packages ?? [], at: request.worker, succeeded: outcome == .succeeded)
        state.fleet.finish(token, outcome, at: now)
        if state.fleet.index(of: request.worker) == nil { state.presence.forget(request.worker) }
        departures.note(at: now)
        return advance(to: now)
    }

    /// The client of a waiting invocation went away.
    public mutating func withdraw(_ ticket: Ticket) {
        queue.leave(ticket)
    }

    /// Time has passed: who has waited too long is refused, and who can go to a worker that is back goes.
    public mutating func advance(to now: MonotonicInstant) -> [Effect] {
        let expired = queue.expire(at: now)
        return expired.map { .refuse($0, refusal(.waitedTooLong, at: now)) } + serveWaiting(at: now)
    }

    /// When `advance(to:)` should be called at the latest, if nothing else happens; nil while no one waits.
    public func nextEvent(after now: MonotonicInstant) -> MonotonicInstant? {
        guard let deadline = queue.nextDeadline else { return nil }
        return min(deadline, state.fleet.nextReturn(after: now) ?? deadline)
    }

    // MARK: Workers, registry, hardware

    /// Adds a worker or changes the one at its address, as `Fleet.add` does; who waits may go to it.
    public mutating func add(_ specification: WorkerSpecification, at now: MonotonicInstant) -> [Effect] {
        state.fleet.add(specification)
        return advance(to: now)
    }

    /// Takes a worker out of the list; false when there is none at `address`.
    public mutating func remove(_ address: WorkerAddress, at now: MonotonicInstant) -> Bool {
        guard let index = state.fleet.index(at: address) else { return false }
        let id = state.fleet.workers[index].id
        state.fleet.remove(address, at: now)
        if state.fleet.index(of: id) == nil { state.presence.forget(id) }
        return true
    }

    /// Gives a worker nothing more; false when there is none at `address`.
    public mutating func drain(_ address: WorkerAddress, at now: MonotonicInstant) -> Bool {
        state.fleet.drain(address, at: now)
    }

    /// A health check finds the worker at `address` well, which ends its ejection, or unwell, which ejects it, for
    /// `holdingSeconds` at least. Nothing happens when there is none.
    public mutating func probed(
        _ address: WorkerAddress, isHealthy: Bool, holdingSeconds: Double, at now: MonotonicInstant
    ) -> [Effect] {
        state.fleet.probed(address, isHealthy: isHealthy, holdingSeconds: holdingSeconds, at: now)
        return advance(to: now)
    }

    /// Takes the entries of `registry` in place of those there were.
    public mutating func replaceRegistry(with registry: PackageRegistry) {
        state.registry.replaceEntries(with: registry)
    }

    /// Chooses by `balancer` from now on. What is known of packages stays.
    public mutating func replaceBalancer(with balancer: any Balancer) {
        self.balancer = balancer
    }

    /// What telemetry knows of `node` now; nil when it knows nothing fresh.
    public mutating func observe(_ hardware: NodeHardware?, of node: NodeName) {
        state.hardware[node] = hardware
    }

    // MARK: Parts

    private mutating func send(
        _ invocation: Invocation, among candidates: Candidates, at now: MonotonicInstant
    ) -> (request: SentRequest, address: WorkerAddress) {
        let routed = RoutedRequest(invocation, packages: state.registry.packages(of: invocation.function))
        let chosen = balancer.choose(for: routed, among: candidates, in: state, at: now)
        precondition(candidates.contains(chosen), "a balancer chooses one of the candidates")
        let worker = state.fleet.workers[chosen]
        let packages = routed.packages ?? []
        let known = state.presence.promise(packages, at: worker.id)
        let request = SentRequest(
            token: state.fleet.accept(by: chosen), request: routed, worker: worker.id, sentAt: now,
            absent: known.absent, promised: known.promised)
        outstanding[request.token] = request
        balancer.sent(request, to: chosen, in: state)
        return (request, worker.specification.address)
    }

    private mutating func serveWaiting(at now: MonotonicInstant) -> [Effect] {
        var effects: [Effect] = []
        while queue.count > 0 {
            let candidates = state.fleet.open(at: now)
            guard !candidates.isEmpty, let next = queue.popFirst() else { break }
            let sent = send(next.element, among: candidates, at: now)
            effects.append(.send(next.ticket, sent.request, to: sent.address))
        }
        return effects
    }

    private func refusal(_ reason: Refusal.Reason, at now: MonotonicInstant) -> Refusal {
        let seconds =
            switch reason {
            case .noWorkers: 1.0
            case .noneInService: state.fleet.nextReturn(after: now).map { $0.seconds(since: now) } ?? 1
            case .queueFull, .waitedTooLong: departures.seconds(for: queue.count) ?? 1
            }
        return Refusal(reason: reason, retryAfterSeconds: Int(min(max(seconds, 1), 3_600).rounded(.up)))
    }
}
