public import Measures

/// The workers and what is with them.
///
/// The count of a worker's requests is the number of tokens that stand for them: each is made when a request is
/// accepted and goes when it ends, so the count neither leaks nor falls below zero, whatever happens to the worker
/// meanwhile.
public struct Fleet: Sendable {
    /// The workers in the order of their list; those removed stay until their last request has ended.
    public private(set) var workers: [Worker] = []
    /// Rises when a worker comes, goes, or changes its weight: what was computed from the list is then out of date.
    public private(set) var version: UInt64 = 0
    /// When failures take a worker out.
    public let health: HealthRules
    /// Requests accepted and not ended, over all workers.
    public private(set) var inFlight = 0

    private var tokens = TokenTable()
    private var nextID: UInt32 = 0

    /// No workers, looked after by `health`.
    public init(health: HealthRules = HealthRules()) {
        self.health = health
    }

    /// The place of worker `id` in `workers`; nil when it is not remembered.
    public func index(of id: WorkerID) -> Int? {
        workers.firstIndex { $0.id == id }
    }

    /// The place of the worker at `address`; nil when there is none, or only one that was removed.
    public func index(at address: WorkerAddress) -> Int? {
        workers.firstIndex { $0.specification.address == address && $0.isMember }
    }

    // MARK: The list

    /// Adds a worker, or changes the one at that address. One that was removed or drained and still has requests comes
    /// back with them: they are at work there, whatever the list said meanwhile.
    @discardableResult
    public mutating func add(_ specification: WorkerSpecification) -> WorkerID {
        guard let index = workers.firstIndex(where: { $0.specification.address == specification.address }) else {
            let worker = Worker(id: WorkerID(rawValue: nextID), specification: specification)
            nextID += 1
            workers.append(worker)
            version += 1
            return worker.id
        }
        switch workers[index].state {
        case .removed, .draining: workers[index].state = .active(.none)
        case .active, .probation, .ejected: break
        }
        workers[index].specification = specification
        version += 1
        return workers[index].id
    }

    /// Takes the worker at `address` out of the list; what is with it may still end. False when there is no such
    /// worker, and then nothing changes.
    @discardableResult
    public mutating func remove(_ address: WorkerAddress, at now: MonotonicInstant) -> Bool {
        guard let index = index(at: address) else { return false }
        workers[index].state = .removed(since: now)
        forgetIfDone(index)
        version += 1
        return true
    }

    /// Gives the worker at `address` nothing more; it stays in the list until it is removed. False when there is no
    /// such worker, and then nothing changes.
    @discardableResult
    public mutating func drain(_ address: WorkerAddress, at now: MonotonicInstant) -> Bool {
        guard let index = index(at: address) else { return false }
        if case .draining = workers[index].state { return true }
        workers[index].state = .draining(since: now)
        return true
    }

    /// Whether the worker at `address` drains and has nothing left.
    public func isDrained(_ address: WorkerAddress) -> Bool {
        guard let index = index(at: address), case .draining = workers[index].state else { return false }
        return workers[index].inFlight == 0
    }

    private mutating func forgetIfDone(_ index: Int) {
        guard case .removed = workers[index].state, workers[index].inFlight == 0 else { return }
        workers.remove(at: index)
        version += 1
    }

    // MARK: Requests

    /// Which workers may be sent a request at `now`; ejections that are over end here.
    public mutating func open(at now: MonotonicInstant) -> Candidates {
        var candidates = Candidates(count: workers.count)
        for index in workers.indices {
            if case .ejected(let until, let ejections) = workers[index].state, until <= now {
                workers[index].state = .probation(ejections: ejections)
            }
            if workers[index].isOpen(at: now) { candidates.insert(index) }
        }
        return candidates
    }

    /// Counts a request to the worker at `index`, which must be one of `workers`.
    public mutating func accept(by index: Int) -> RequestToken {
        workers[index].inFlight += 1
        inFlight += 1
        return tokens.issue(to: workers[index].id)
    }

    /// Ends the request that `token` stands for and says which worker had it; nil when it has ended before.
    @discardableResult
    public mutating func finish(
        _ token: RequestToken, _ outcome: RequestOutcome, at now: MonotonicInstant
    ) -> WorkerID? {
        guard let id = tokens.redeem(token), let index = index(of: id) else { return nil }
        workers[index].inFlight -= 1
        inFlight -= 1
        workers[index].judge(outcome, health, at: now)
        forgetIfDone(index)
        return id
    }

    /// The worker at `address` is found well or unwell by a health check; unwell, it takes nothing for `holdingSeconds`
    /// at least. Nothing happens when there is none.
    public mutating func probed(
        _ address: WorkerAddress, isHealthy: Bool, holdingSeconds: Double, at now: MonotonicInstant
    ) {
        guard let index = index(at: address) else { return }
        if isHealthy {
            workers[index].foundWell()
        } else {
            workers[index].foundUnwell(holdingSeconds: holdingSeconds, health, at: now)
        }
    }

    /// The earliest instant at which a worker that takes nothing now may take something again by the passing of time
    /// alone: the end of an ejection, or of the time for which it said it is full. Nil when there is none.
    public func nextReturn(after now: MonotonicInstant) -> MonotonicInstant? {
        workers.compactMap { worker -> MonotonicInstant? in
            guard worker.weight > 0 else { return nil }
            switch worker.state {
            case .ejected(let until, _): return until
            case .active, .probation: return worker.fullUntil.flatMap { $0 > now ? $0 : nil }
            case .draining, .removed: return nil
            }
        }.min()
    }
}
