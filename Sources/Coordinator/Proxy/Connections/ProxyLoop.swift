import Logging
import Measures
import NIOCore
import NIOPosix
import Routing
import Synchronization

/// What the connections on one event loop share. It is used on that loop only; a request, its client and its worker are
/// all on one loop, so that no octet crosses threads.
final class ProxyLoop {
    let eventLoop: any EventLoop
    let settings: ProxySettings
    let desk: RoutingDesk
    let budget: DescriptorBudget
    let log: AccessLog?
    private let time: any TimeSource
    /// The time at which the present event came.
    private(set) var now: MonotonicInstant
    /// No further requests are taken on connections.
    private(set) var isDraining = false
    /// What is about to be written to a client. It is empty between events; its memory serves again.
    var output = ByteBuffer()
    /// Memory for the next request to a worker; empty.
    private var request = ByteBuffer()
    var clients = ConnectionList<ClientConnection>()
    var workers = ConnectionList<WorkerConnection>()
    private var pools: [WorkerID: WorkerPool] = [:]
    private var names: RequestNames
    private let clientLeft: @Sendable () -> Void
    private var tick: RepeatedTask?

    init(
        _ eventLoop: any EventLoop, _ settings: ProxySettings, _ desk: RoutingDesk, _ budget: DescriptorBudget,
        time: any TimeSource, random: SeededRandom, log: AccessLog?, clientLeft: @escaping @Sendable () -> Void
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.desk = desk
        self.budget = budget
        self.log = log
        self.time = time
        self.clientLeft = clientLeft
        now = time.now
        names = RequestNames(random)
    }

    /// An event has come.
    func touch() { now = time.now }

    /// The instant `seconds` after the present event.
    func after(_ seconds: Double) -> MonotonicInstant { now.advanced(byNanoseconds: UInt64(seconds * 1e9)) }

    /// A name for a request that brought none.
    func nextRequestID() -> String { names.next() }

    /// What is about to be written to a client; there is nothing after that.
    func takeOutput() -> ByteBuffer {
        let taken = output
        output = ByteBuffer()
        return taken
    }

    /// Keeps the memory of `output`, which must be empty, unless something has been put in its place.
    func giveBack(output empty: ByteBuffer) {
        if output.capacity == 0 { output = empty }
    }

    /// Memory for a request to a worker.
    func takeRequest() -> ByteBuffer {
        let taken = request
        request = ByteBuffer()
        return taken
    }

    /// Keeps the memory of `request`, which must be empty.
    func giveBack(request empty: ByteBuffer) { request = empty }

    // MARK: Time

    /// Begins to look at deadlines; `onTurn` is called at each look.
    func start(onTurn: @escaping @Sendable () -> Void) {
        let shortest = settings.timeouts.all.map(\.seconds).min() ?? 1
        let seconds = min(max(min(shortest, settings.queuePatienceSeconds) / 4, 0.01), 0.25)
        let period = TimeAmount.nanoseconds(Int64(seconds * 1e9))
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        tick = eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in
            bound.value.lookAtDeadlines()
            onTurn()
        }
    }

    private func lookAtDeadlines() {
        touch()
        desk.advance()
        for client in clients.expired(at: now) { client.expire() }
        for worker in workers.expired(at: now) { worker.expire() }
        forgetWorkers()
        if budget.isFull { closeSpareClient() }
        log?.flush()
    }

    // MARK: Clients

    func accepted() { desk.counters.clientConnections.add(1, ordering: .relaxed) }

    func left() {
        desk.counters.clientConnections.subtract(1, ordering: .relaxed)
        clientLeft()
    }

    /// Closes the connection that has been without a request for longest, when there is one that can be spared.
    func closeSpareClient() {
        touch()
        let spare = clients.all.lazy.compactMap { client in client.spareSince.map { (client, $0) } }
        spare.min { $0.1 < $1.1 }?.0.closeIdle()
    }

    /// Takes no further requests; those under way go on.
    func drain() {
        touch()
        isDraining = true
        for client in clients.all { client.closeIdle() }
    }

    /// Cuts everything off.
    func stop() {
        touch()
        tick?.cancel()
        tick = nil
        for client in clients.all { client.abort() }
        for worker in workers.all { worker.close() }
        log?.flush()
    }

    // MARK: Workers

    /// A connection to the worker that `exchange` was assigned to: one that is kept, or a new one that will report.
    func connect(_ exchange: Exchange, to assignment: Assignment) {
        let pool = pool(of: assignment)
        if let kept = pool.takeIdle() {
            exchange.connected(assignment, kept)
        } else {
            if budget.workersAreFull { closeIdleWorker() }
            pool.open(for: exchange, assignment)
        }
    }

    private func pool(of assignment: Assignment) -> WorkerPool {
        if let known = pools[assignment.worker] { return known }
        let pool = WorkerPool(self, assignment.address)
        pools[assignment.worker] = pool
        return pool
    }

    private func closeIdleWorker() {
        for pool in pools.values where pool.closeOldestIdle() { return }
    }

    /// Closes what is kept for workers that are gone.
    private func forgetWorkers() {
        guard !pools.isEmpty else { return }
        let known = Set(desk.workers.map(\.id))
        for (id, pool) in pools where !known.contains(id) {
            pool.closeAllIdle()
            pools[id] = nil
        }
    }
}
