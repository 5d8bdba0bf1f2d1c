import Measures
public import Routing
import Topology

extension RouterModel {
    /// Runs `load` through a router with `balancer`; `seed` decides which functions are called. Throws `RoutingError`
    /// when the model's workers are not possible.
    public func run(_ load: RouterLoad, balancer: any Balancer, seed: UInt64) throws(RoutingError) -> RouterRun {
        let state = RoutingState(fleet: try fleet(), registry: registry)
        // No worker of the model is ever full, so that nothing waits at the router.
        var course = Course(self, load, Router(state: state, balancer: balancer), seed: seed)
        course.run()
        return RouterRun(
            requests: course.ended, installs: course.installs, peakInFlight: course.peakInFlight)
    }
}

/// One run, event by event.
private struct Course {
    struct Request {
        let function: FunctionName
        let issued: Double
        let worker: Int
        let token: RequestToken
        let packages: [Int]
        var next = 0
    }

    enum Shelf {
        case absent
        case installing(waiters: [Int])
        case present
    }

    let model: RouterModel
    let load: RouterLoad
    let functions: [FunctionName]
    var router: Router
    var random: SeededRandom
    var machines: [ProcessorShare]
    var shelves: [[Shelf]]
    var requests: [Request] = []
    var ended: [RouterRun.Request] = []
    var installs = 0
    var peakInFlight = 0
    var issued = 0
    var now = 0.0

    init(_ model: RouterModel, _ load: RouterLoad, _ router: Router, seed: UInt64) {
        self.model = model
        self.load = load
        self.router = router
        functions = model.registry.functions
        random = SeededRandom(seed: seed, stream: "arrivals")
        machines = model.variant.machines.map { ProcessorShare(cores: $0) }
        shelves = Array(
            repeating: Array(repeating: .absent, count: model.registry.names.count), count: RouterVariant.workers)
    }

    mutating func run() {
        if case .closed(let clients, _) = load {
            for _ in 0..<clients { issue() }
        }
        while true {
            let ends = machines.indices.compactMap { index in
                machines[index].nextEnd.map { (time: $0, machine: index) }
            }
            let end = ends.min { $0.time < $1.time }
            if let arrival = nextArrival, arrival <= end?.time ?? .infinity {
                advance(to: arrival)
                issue()
            } else if let end {
                advance(to: end.time)
                finishJob(on: end.machine)
            } else {
                return
            }
        }
    }

    private var nextArrival: Double? {
        guard case .open(let count, let interval) = load, issued < count else { return nil }
        return Double(issued) * interval
    }

    private mutating func advance(to time: Double) {
        for index in machines.indices { machines[index].advance(to: time) }
        now = time
    }

    private var instant: MonotonicInstant { MonotonicInstant(nanoseconds: UInt64(now * 1e6)) }

    private mutating func issue() {
        issued += 1
        let function = functions[random.index(below: functions.count)]
        // The thesis' load comes from one machine, so every request has the same client.
        let invocation = Invocation(
            function: function, uri: "/runLambda/\(function.rawValue)", client: [10, 0, 0, 200])
        guard case .send(let sent, _) = router.arrive(invocation, at: instant),
            let worker = router.state.fleet.index(of: sent.worker)
        else { return }
        requests.append(
            Request(
                function: function, issued: now, worker: worker, token: sent.token,
                packages: model.order[function] ?? []))
        peakInFlight = max(peakInFlight, router.state.fleet.inFlight)
        proceed(requests.count - 1)
    }

    /// Goes on with request `index` until it has to wait for something.
    private mutating func proceed(_ index: Int) {
        let worker = requests[index].worker
        while requests[index].next < requests[index].packages.count {
            let package = requests[index].packages[requests[index].next]
            switch shelves[worker][package] {
            case .present:
                requests[index].next += 1
            case .installing(let waiters):
                shelves[worker][package] = .installing(waiters: waiters + [index])
                return
            case .absent:
                shelves[worker][package] = .installing(waiters: [])
                installs += 1
                start(index, milliseconds: model.installMilliseconds[package])
                return
            }
        }
        start(index, milliseconds: model.executionMilliseconds)
    }

    private mutating func start(_ index: Int, milliseconds: Double) {
        machines[model.variant.machine(of: requests[index].worker)].start(index, milliseconds: milliseconds)
    }

    private mutating func finishJob(on machine: Int) {
        let index = machines[machine].finishFirst()
        let request = requests[index]
        guard request.next < request.packages.count else { return end(request) }
        let package = request.packages[request.next]
        guard case .installing(let waiters) = shelves[request.worker][package] else { return }
        shelves[request.worker][package] = .present
        for waiter in [index] + waiters { proceed(waiter) }
    }

    private mutating func end(_ request: Request) {
        ended.append(
            RouterRun.Request(
                function: request.function, issuedMilliseconds: request.issued,
                latencyMilliseconds: now - request.issued, worker: request.worker))
        _ = router.end(request.token, .succeeded, at: instant)
        if case .closed(_, let seconds) = load, now < seconds * 1_000 { issue() }
    }
}
