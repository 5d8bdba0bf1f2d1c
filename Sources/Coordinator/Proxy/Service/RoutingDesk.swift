import Measures
import Routing
import Synchronization
import Topology

/// The router and what is counted of it, for all event loops: one lock, held for as long as a decision takes, so that
/// balancers see exact counts however many loops there are.
///
/// Those whose wait ends are told after the lock is given back, because they may ask for something themselves.
final class RoutingDesk: Sendable {
    struct State: Sendable {
        var router: Router
        var balancerName: String
        var balancerSettings: BalancerSettings
        var waiters: [Ticket: Waiter] = [:]
        var figures: RequestFigures
    }

    /// What to do with a request.
    enum Admission: Sendable {
        case send(Assignment)
        /// The waiter will hear of it.
        case wait(Ticket)
        case refuse(Refusal)
    }

    let counters = ProxyCounters()
    private let time: any TimeSource
    private let connectionsPerWorker: Int?
    private let state: Mutex<State>

    init(_ settings: ProxySettings, _ plan: RoutingPlan, time: any TimeSource) {
        self.time = time
        connectionsPerWorker = settings.connectionsPerWorker
        var fleet = Fleet(health: settings.health)
        for worker in plan.workers { fleet.add(Self.bounded(worker, to: settings.connectionsPerWorker)) }
        let router = Router(
            state: RoutingState(fleet: fleet, registry: plan.registry),
            balancer: plan.balancer.make(plan.balancerSettings),
            queueCapacity: settings.queueCapacity, patienceSeconds: settings.queuePatienceSeconds)
        state = Mutex(
            State(
                router: router, balancerName: plan.balancer.name, balancerSettings: plan.balancerSettings,
                figures: RequestFigures(mostFunctions: settings.limits.measuredFunctions)))
    }

    // MARK: Requests

    /// A request has come in, or is to be tried elsewhere than at the workers `avoiding`. `waiter` is made only when it
    /// has to wait.
    func arrive(
        _ invocation: Invocation, avoiding: [WorkerID], at now: MonotonicInstant, waiter: () -> Waiter
    ) -> Admission {
        state.withLock { state in
            switch state.router.arrive(invocation, avoiding: avoiding, at: now) {
            case .send(let request, let address):
                return .send(Self.assignment(request, to: address, in: state.router))
            case .wait(let ticket):
                state.waiters[ticket] = waiter()
                return .wait(ticket)
            case .refuse(let refusal): return .refuse(refusal)
            }
        }
    }

    /// The request that `assignment` stands for has ended; `nanoseconds` since it was sent.
    func end(
        _ assignment: Assignment, _ outcome: RequestOutcome, after nanoseconds: UInt64, at now: MonotonicInstant
    ) {
        change(at: now) { state in
            state.figures.workers[assignment.worker, default: Figures()].count(outcome, after: nanoseconds)
            return state.router.end(assignment.token, outcome, at: now)
        }
    }

    /// The same for a request that ends for its client, too, who called `function`.
    func end(
        _ assignment: Assignment, of function: FunctionName, _ outcome: RequestOutcome, sinceSent: UInt64,
        sinceArrival: UInt64, at now: MonotonicInstant
    ) {
        change(at: now) { state in
            state.figures.workers[assignment.worker, default: Figures()].count(outcome, after: sinceSent)
            state.figures.count(function, outcome, after: sinceArrival)
            return state.router.end(assignment.token, outcome, at: now)
        }
    }

    /// The client of a waiting request went away.
    func withdraw(_ ticket: Ticket) {
        state.withLock { state in
            state.router.withdraw(ticket)
            state.waiters[ticket] = nil
        }
    }

    /// Time has passed.
    func advance() {
        let now = time.now
        change(at: now) { state in state.router.waiting > 0 ? state.router.advance(to: now) : [] }
    }

    // MARK: Workers

    /// The workers there are, those removed included as long as they have requests.
    var workers: [Worker] { state.withLock { $0.router.state.fleet.workers } }

    /// A worker answered its health check, so often in a row that it is to be believed; or did not.
    func probed(_ address: WorkerAddress, isHealthy: Bool, holdingSeconds: Double) {
        let now = time.now
        change(at: now) { state in
            state.router.probed(address, isHealthy: isHealthy, holdingSeconds: holdingSeconds, at: now)
        }
    }

    func add(_ worker: WorkerSpecification) {
        let now = time.now
        change(at: now) { state in state.router.add(Self.bounded(worker, to: self.connectionsPerWorker), at: now) }
    }

    func remove(_ address: WorkerAddress) -> Bool {
        let now = time.now
        return state.withLock { $0.router.remove(address, at: now) }
    }

    func drain(_ address: WorkerAddress) -> Bool {
        let now = time.now
        return state.withLock { $0.router.drain(address, at: now) }
    }

    func observe(_ hardware: NodeHardware?, of node: NodeName) {
        state.withLock { $0.router.observe(hardware, of: node) }
    }

    func apply(_ plan: RoutingPlan) {
        let now = time.now
        change(at: now) { state in
            let wanted = plan.workers.map { Self.bounded($0, to: self.connectionsPerWorker) }
            let addresses = Set(wanted.map(\.address))
            let members = state.router.state.fleet.workers.filter(\.isMember)
            for member in members where !addresses.contains(member.specification.address) {
                _ = state.router.remove(member.specification.address, at: now)
            }
            state.router.replaceRegistry(with: plan.registry)
            if plan.balancer.name != state.balancerName || plan.balancerSettings != state.balancerSettings {
                state.router.replaceBalancer(with: plan.balancer.make(plan.balancerSettings))
                state.balancerName = plan.balancer.name
                state.balancerSettings = plan.balancerSettings
            }
            let before = Dictionary(members.map { ($0.specification.address, $0) }) { first, _ in first }
            var effects: [Router.Effect] = []
            for worker in wanted where before[worker.address]?.specification != worker {
                effects += state.router.add(worker, at: now)
                if case .draining = before[worker.address]?.state { _ = state.router.drain(worker.address, at: now) }
            }
            return effects
        }
    }

    func snapshot() -> ProxySnapshot {
        let now = time.now
        return state.withLock { state in
            let fleet = state.router.state.fleet
            state.figures.keepWorkers(fleet.workers.map(\.id))
            let workers = fleet.workers.map { worker in
                let figures = state.figures.workers[worker.id] ?? Figures()
                return ProxySnapshot.Worker(
                    specification: worker.specification, state: worker.state, fullUntil: worker.fullUntil,
                    inFlight: worker.inFlight, outcomes: figures.outcomes,
                    knownPackages: state.router.state.presence.presentCount(at: worker.id), latency: figures.latency)
            }
            return ProxySnapshot(
                takenAt: now, workers: workers, functions: state.figures.functionSnapshots,
                waiting: state.router.waiting,
                refused: counters.refused, answersByStatusClass: counters.answersByStatusClass,
                resent: counters.resent.load(ordering: .relaxed),
                clientConnections: counters.clientConnections.load(ordering: .relaxed),
                workerConnections: counters.workerConnections.load(ordering: .relaxed),
                lostLogLines: counters.lostLogLines.load(ordering: .relaxed))
        }
    }

    // MARK: Parts

    /// Does `body` under the lock, then tells those whose wait it ends.
    private func change(at now: MonotonicInstant, _ body: (inout State) -> [Router.Effect]) {
        let ended = state.withLock { state -> [(Waiter, WaitEnd)] in
            let effects = body(&state)
            return effects.isEmpty ? [] : effects.compactMap { Self.end(of: $0, in: &state) }
        }
        for (waiter, end) in ended { waiter.resume(end) }
    }

    private static func end(of effect: Router.Effect, in state: inout State) -> (Waiter, WaitEnd)? {
        switch effect {
        case .send(let ticket, let request, let address):
            let assignment = assignment(request, to: address, in: state.router)
            guard let waiter = state.waiters.removeValue(forKey: ticket) else { return nil }
            return (waiter, .send(assignment))
        case .refuse(let ticket, let refusal):
            return state.waiters.removeValue(forKey: ticket).map { ($0, .refuse(refusal)) }
        }
    }

    private static func assignment(_ request: SentRequest, to address: WorkerAddress, in router: Router) -> Assignment {
        let fleet = router.state.fleet
        let kind = fleet.index(of: request.worker).map { fleet.workers[$0].specification.kind } ?? .any
        return Assignment(token: request.token, worker: request.worker, address: address, kind: kind)
    }

    private static func bounded(_ worker: WorkerSpecification, to connections: Int?) -> WorkerSpecification {
        guard let connections else { return worker }
        var bounded = worker
        bounded.capacity = min(worker.capacity ?? connections, connections)
        return bounded
    }
}
