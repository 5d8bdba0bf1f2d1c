public import Measures
import Topology

/// Ours: the worker at which a request costs the least time, its own and that of the requests beside it.
///
/// With everything in milliseconds, a worker's cost is
///
///     own + needed + beside + delay
///
/// - own: the function's service time and the install times of the packages that the worker is not known to have;
/// - needed: the part of the machine's queue that installs packages which this request needs, too, and so waits for;
/// - beside: as much of the rest of the queue as runs beside the request while it runs itself;
/// - delay: how much later the others end for it.
///
/// The queue is the machine's backlog of work divided by its cores K. With n requests on the machine, beside and delay
/// are at most own * n / K and at most the queue. Of equal workers it is the one with fewer requests, then the first.
///
/// Workers share a machine when telemetry or the operator says that they are on one node; else when their addresses
/// have one host. What else it needs it learns: service and install times from requests that were hardly disturbed,
/// cores from warm requests that overlapped with warm ones only. Nothing is tried out for the sake of knowledge alone.
/// What is unknown costs what the known costs on average, a worker that has nothing is used as soon as queueing
/// elsewhere would take longer than installing there, and that teaches what installing takes. Where telemetry knows how
/// busy the node's processors are, what is not ours is taken off K.
public struct CostAware: Balancer {
    /// What the list calls it.
    public static let name = "cost-aware"
    static let entry = BalancerEntry(name, "least expected time: queue, installs and contention") {
        Self($0.cost)
    }

    private let settings: CostSettings
    private var machines: [Machine: MachineLoad] = [:]
    private var times: LearntTimes
    private var stays: [RequestToken: (machine: Machine, stay: MachineLoad.Stay)] = [:]

    /// Has measured nothing yet.
    public init(_ settings: CostSettings = CostSettings()) {
        self.settings = settings
        times = LearntTimes(settings)
    }

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        var best = candidates.indices[0]
        var least = Double.infinity
        for index in candidates.indices {
            let cost = cost(of: request, at: state.fleet.workers[index], in: state, now)
            let isBetter =
                cost < least
                || cost == least && state.fleet.workers[index].inFlight < state.fleet.workers[best].inFlight
            if isBetter {
                best = index
                least = cost
            }
        }
        return best
    }

    public mutating func sent(_ request: SentRequest, to index: Int, in state: RoutingState) {
        let worker = state.fleet.workers[index]
        let machine = Machine(of: worker)
        let work = request.absent.reduce(times.service(request.request.invocation.function)) { $0 + times.install($1) }
        var load = machines[machine] ?? MachineLoad()
        load.flow(until: request.sentAt, cores: cores(of: worker, load, in: state))
        // Without a registry entry there is no telling whether something is installed, so it may be.
        let isCold = request.request.packages == nil || !request.absent.isEmpty || !request.promised.isEmpty
        stays[request.token] = (machine, load.enter(work: work, isCold: isCold))
        machines[machine] = load
    }

    public mutating func ended(
        _ request: SentRequest, _ outcome: RequestOutcome, in state: RoutingState, at now: MonotonicInstant
    ) {
        guard let (machine, stay) = stays.removeValue(forKey: request.token), var load = machines[machine] else {
            return
        }
        let worker = state.fleet.index(of: request.worker).map { state.fleet.workers[$0] }
        let assumed = worker.map { assumedCores(of: $0, in: state) } ?? settings.cores
        let cores = worker.map { self.cores(of: $0, load, in: state) } ?? load.measuredCores ?? assumed
        load.flow(until: now, cores: cores)
        let milliseconds = now.seconds(since: request.sentAt) * 1_000
        let (crowd, allWarm) = load.leave(stay, after: milliseconds)
        if outcome == .succeeded {
            learn(request, milliseconds: milliseconds, slowdown: max(crowd / cores, 1))
            if allWarm, request.absent.isEmpty, request.promised.isEmpty {
                let alone = times.service(request.request.invocation.function)
                load.learnCores(
                    crowd: crowd, slowdown: milliseconds / alone, from: assumed, rate: settings.learningRate)
            }
        }
        machines[machine] = load.requests == 0 && worker == nil ? nil : load
    }

    private mutating func learn(_ request: SentRequest, milliseconds: Double, slowdown: Double) {
        guard slowdown <= settings.greatestSlowdown, request.promised.isEmpty, request.request.packages != nil else {
            return
        }
        let function = request.request.invocation.function
        if request.absent.isEmpty {
            times.learnService(function, milliseconds: milliseconds / slowdown)
        } else {
            times.learnInstalls(request.absent, of: function, milliseconds: milliseconds / slowdown)
        }
    }

    /// What `request` would cost at `worker`, in milliseconds.
    mutating func cost(
        of request: RoutedRequest, at worker: Worker, in state: RoutingState, _ now: MonotonicInstant
    ) -> Double {
        let machine = Machine(of: worker)
        var load = machines[machine] ?? MachineLoad()
        let cores = cores(of: worker, load, in: state)
        load.flow(until: now, cores: cores)
        machines[machine] = load
        var own = times.service(request.invocation.function)
        var promised = 0.0
        state.presence.visit(request.packages ?? [], at: worker.id) { package, knowledge in
            switch knowledge {
            case .absent: own += times.install(package)
            case .promised: promised += times.install(package)
            case .present: break
            }
        }
        let backlog = load.backlog / cores
        // Beside n others a request is slower by at most its own work n times; and it can neither wait for more work
        // than there is, nor hold up more.
        let crowding = own * Double(load.requests) / cores
        let needed = min(promised / cores, backlog)
        let beside = min(crowding, backlog - needed)
        let delay = min(crowding, backlog)
        return own + needed + beside + delay
    }

    /// The cores that requests on the worker's machine have to themselves.
    private func cores(of worker: Worker, _ load: MachineLoad, in state: RoutingState) -> Double {
        let cores = load.measuredCores ?? assumedCores(of: worker, in: state)
        guard let busy = worker.specification.node.flatMap({ state.hardware[$0]?.busyCPUs }) else { return cores }
        let others = max(busy - min(cores, Double(load.requests)), 0)
        return max(cores - others, cores * settings.leastShareOfMachine)
    }

    /// The cores before any are measured: what the operator says, else the node's, else the settings'.
    private func assumedCores(of worker: Worker, in state: RoutingState) -> Double {
        worker.specification.cores
            ?? worker.specification.node.flatMap { state.hardware[$0]?.logicalCPUs }.map(Double.init) ?? settings.cores
    }
}
