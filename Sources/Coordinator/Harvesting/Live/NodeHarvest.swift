public import Topology

/// The harvest on one node: reports of what its containers use go in, changes of limits come out, one at a time.
///
/// What a container puts up is lent only once its lowered limit is in force, and a raised limit is asked for only when
/// others have lent what it takes; so the sum of the limits never rises above that of the users' while every change is
/// answered. A limit that its agent gives back early takes what was lent of it from the borrowers, whose limits are given
/// back next. Nothing is assumed of a container whose limits somebody else has changed.
///
/// A pure value on one time line in seconds; whoever owns it carries the orders out.
public struct NodeHarvest<Manager: ResourceManager>: Sendable {
    /// The settings in force.
    public let settings: HarvestSettings
    /// What happened lately, oldest first.
    public internal(set) var events: [HarvestEvent] = []
    /// What has gone back lately, oldest first.
    public internal(set) var returned: [HarvestReturn] = []

    let prototype: Manager
    var ledger: AllocationLedger
    var containers: [ContainerHarvest<Manager>] = []
    private var pending: HarvestOrder?
    var reportedAt = -Double.infinity
    /// The container whose lease has ended to be taken anew with other limits.
    private var adjusting: String?

    /// After so long an order to end a lease is repeated, in seconds.
    private static var askAgainSeconds: Double { 1 }
    /// Events and returned loans that are kept.
    static var kept: Int { 64 }
    /// Limits are users' amounts and the node has as many of them as it has: what is lent comes out of them alone, so the
    /// ledger's own bound never binds.
    private static var unbounded: Resources { Resources(millicores: 1 << 40, mebibytes: 1 << 40) }

    /// A harvest in which every container begins with a copy of `manager`.
    public init(settings: HarvestSettings, manager: Manager) {
        self.settings = settings
        prototype = manager
        ledger = AllocationLedger(capacity: Self.unbounded, lendsUnreserved: false, recordsReturns: true)
    }

    // MARK: What is seen

    /// Takes in a report whose interval ended at `takenAt`. `yielding` names, for a container that is not ours to change,
    /// who changes it.
    public mutating func observe(
        _ usages: [ContainerUsage], takenAt: Double, intervalSeconds: Double, at now: Double,
        yielding: (ContainerUsage) -> String?
    ) {
        guard takenAt > reportedAt else { return }
        reportedAt = takenAt
        let known = Set(usages.map(\.containerID))
        for place in containers.indices.reversed() where !known.contains(containers[place].containerID) {
            remove(place, at: now, because: "the container is gone")
        }
        for usage in usages {
            observe(usage, takenAt: takenAt, intervalSeconds: intervalSeconds, at: now, yielding(usage))
        }
        for place in containers.indices { aim(place, at: now) }
    }

    private mutating func observe(
        _ usage: ContainerUsage, takenAt: Double, intervalSeconds: Double, at now: Double, _ owner: String?
    ) {
        var place = containers.firstIndex { $0.containerID == usage.containerID }
        guard let present = HarvestSubject(usage, settings), owner == nil || place != nil else {
            guard let place else { return }
            if containers[place].lease == nil { return remove(place, at: now, because: "its limits are not known") }
            containers[place].wanted = containers[place].user
            return
        }
        if let found = place, containers[found].lease == nil, pending?.containerID != usage.containerID,
            present.limits != containers[found].user, takenAt - intervalSeconds >= containers[found].changedAt
        {
            remove(found, at: now, because: "somebody has changed its limits")
            place = nil
        }
        if place == nil {
            guard owner == nil else { return }
            let party = ledger.admit(user: present.limits, AllocationDecision(present.limits), at: now)
            containers.append(
                ContainerHarvest(
                    containerID: usage.containerID, namespace: present.namespace, pod: present.pod,
                    function: present.function, user: present.limits, party: party, manager: prototype, at: now))
        }
        guard let place = place ?? containers.indices.last else { return }
        if let owner {
            containers[place].quietUntil = .infinity
            containers[place].quietReason = owner
            containers[place].wanted = containers[place].user
            return
        }
        if containers[place].quietUntil == .infinity { containers[place].quietUntil = now }
        guard let peak = present.peak(holding: containers[place].inForce) else {
            // What was not measured is not idle.
            containers[place].wanted = containers[place].user
            return
        }
        containers[place].report(
            peak: peak, takenAt: takenAt, intervalSeconds: intervalSeconds, settings,
            ClusterLoad(unfinishedRequests: containers.count, free: ledger.idle))
    }

    /// The node's reports are too old to tell anything: nobody lends or borrows anew, and leases run out.
    public mutating func loseSight(at now: Double) {
        for place in containers.indices { containers[place].wanted = containers[place].user }
        for place in containers.indices { aim(place, at: now) }
    }

    /// Takes in what became of a lease, whoever asked for it.
    public mutating func note(_ event: LeaseEvent, at now: Double) {
        guard event.kind == .ended, let place = containers.firstIndex(where: { $0.lease?.id == event.id }) else { return }
        let reason = event.reason ?? .expired
        end(place, at: now, because: Self.words(for: reason))
        if reason == .changedElsewhere {
            remove(place, at: now, because: "somebody has changed its limits")
        } else if reason != .returned {
            quieten(place, "its lease ended: \(Self.words(for: reason))", at: now)
        }
    }

    // MARK: What is wanted

    /// The next change, nil while there is none or one has not been answered. `draw` gives numbers of new leases; with
    /// `givesBackOnly` nothing is lent, borrowed or renewed.
    public mutating func next(
        at now: Double, givesBackOnly: Bool = false, draw: () -> LeaseID
    ) -> HarvestOrder? {
        guard pending == nil else { return nil }
        for place in containers.indices {
            if let lease = containers[place].lease, lease.until <= now {
                end(place, at: now, because: Self.words(for: .expired))
            }
        }
        ledger.expire(at: now)
        keepReturned()
        if let place = takeAdjusting() {
            pending = givesBackOnly ? nil : take(place, draw)
            if pending == nil { withdraw(place, at: now) }
        }
        pending = pending ?? giveBack(at: now, all: givesBackOnly)
        if pending == nil, !givesBackOnly {
            pending = renewal(at: now) ?? change(at: now, lending: true, draw) ?? change(at: now, lending: false, draw)
        }
        return pending
    }

    /// Takes in how the last order was answered; nil when it was not in time. An order that nobody answered may have been
    /// carried out, so what it could have raised counts as raised until it has run out.
    public mutating func answered(_ event: LeaseEvent?, at now: Double) {
        guard let order = pending else { return }
        pending = nil
        guard let place = containers.firstIndex(where: { $0.containerID == order.containerID }) else { return }
        switch (order.order, event?.kind) {
        case (.take(let request), .granted?), (.take(let request), .renewed?):
            hold(place, request, order, at: now)
        case (.take, .some):
            // A lease that is not renewed lasts to its end all the same.
            if order.purpose != .renew { withdraw(place, at: now) }
            quieten(place, event?.sentence ?? "refused", at: now)
        case (.take(let request), nil):
            if order.purpose != .renew {
                withdraw(place, at: now)
                if !order.limits.fits(in: containers[place].user) { hold(place, request, order, at: now) }
            }
            quieten(place, "the agent has not answered", at: now)
        case (.end, .ended?) where order.purpose == .adjust:
            // The next order takes the lease that ought to be; until then what the old one lent stays lent.
            keep(place, before: containers[place].inForce, after: containers[place].user, "to be adjusted", at: now)
            containers[place].limits = .user
            containers[place].changedAt = now
            adjusting = order.containerID
        case (.end, .ended?), (.end, .refused?):
            end(place, at: now, because: "given back")
        case (.end, _):
            containers[place].askAgainAt = now + Self.askAgainSeconds
            quieten(place, event?.sentence ?? "the agent has not answered", at: now)
        }
    }

    private mutating func takeAdjusting() -> Int? {
        defer { adjusting = nil }
        return adjusting.flatMap { id in containers.firstIndex { $0.containerID == id } }
    }

    private mutating func hold(_ place: Int, _ request: LeaseRequest, _ order: HarvestOrder, at now: Double) {
        let before = containers[place].inForce
        let seconds = Double(request.durationNanoseconds) * 1e-9
        containers[place].limits = .leased(
            .init(id: request.id, limits: order.limits, until: now + seconds))
        if before != order.limits {
            containers[place].changedAt = now
            keep(place, before: before, after: order.limits, "to \(order.purpose.rawValue)", at: now)
        }
        aim(place, at: now)
        // What has just been put up is there for the others.
        for other in containers.indices where other != place { aim(other, at: now) }
    }
}
