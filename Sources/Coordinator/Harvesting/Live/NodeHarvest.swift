public import Topology

/// The harvest on one node: reports of what its containers use go in, changes of limits come out, one at a time.
///
/// What a container puts up is lent only once its lowered limit is in force, and a raised limit is asked for only when
/// others have lent what it takes; so the sum of the limits never rises above that of the users'. An order whose fate is not
/// known may be in force: what it would lower is not lent, what it would raise stays borrowed, and it is taken back until
/// somebody says that it is, or it must have run out. A limit that its agent gives back early takes what was lent of it from
/// the borrowers, whose limits are given back next. Nothing is assumed of a container whose limits somebody else has changed.
///
/// A pure value on one time line in seconds; whoever owns it carries the orders out.
public struct NodeHarvest<Manager: ResourceManager>: Sendable {
    /// The settings in force.
    public let settings: HarvestSettings
    /// What happened lately, oldest first.
    public internal(set) var events: [HarvestEvent] = []
    /// What has gone back lately, oldest first.
    public internal(set) var returned: [HarvestReturn] = []

    var news = HarvestNewsBox()
    let prototype: Manager
    var ledger: AllocationLedger
    var containers: [ContainerHarvest<Manager>] = []
    /// The order that has not been answered, and when it was given.
    var pending: (order: HarvestOrder, since: Double)?
    var reportedAt = -Double.infinity
    /// The container whose lease has ended to be taken anew with other limits.
    var adjusting: String?

    /// After so long an order that was not carried out is repeated, in seconds; sooner where leases are short.
    var askAgainSeconds: Double { min(1, settings.leaseSeconds / 8) }
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
        if let found = place, containers[found].lease == nil, pending?.order.containerID != usage.containerID,
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
        let wasSpiking = containers[place].isSpiking
        containers[place].report(
            peak: peak, takenAt: takenAt, intervalSeconds: intervalSeconds, settings,
            ClusterLoad(unfinishedRequests: containers.count, free: ledger.idle, capacity: ledger.reserved))
        if containers[place].isSpiking, !wasSpiking {
            news.add(
                .safeguarded(
                    at: now, containerID: usage.containerID, function: present.function, peak: peak,
                    limits: containers[place].inForce))
        }
    }

    /// The node's reports are too old to tell anything: nobody lends or borrows anew, and leases run out.
    public mutating func loseSight(at now: Double) {
        for place in containers.indices { containers[place].wanted = containers[place].user }
        for place in containers.indices { aim(place, at: now) }
    }

    /// Takes in what became of a lease, whoever asked for it. Events are to be told in their order and each once, those that
    /// answer the last order among them.
    public mutating func note(_ event: LeaseEvent, at now: Double) {
        if let pending, pending.order.order.isAnswered(by: event) { return settle(.told(event), at: now) }
        guard event.kind == .ended, let place = containers.firstIndex(where: { $0.lease?.id == event.id }) else { return }
        let reason = event.reason ?? .expired
        lose(place, at: now, because: Self.words(for: reason))
        if reason == .changedElsewhere, containers[place].lease == nil, pending?.order.containerID != containers[place].containerID {
            remove(place, at: now, because: "somebody has changed its limits")
        } else if reason != .returned {
            quieten(place, "its lease ended: \(Self.words(for: reason))", at: now)
        }
    }

    /// Takes in which leases are in force on the node, and for how many seconds more; to be told after the events up to then.
    /// A lease that is not among them has ended, even if nobody could be told so.
    public mutating func reconcile(held: [LeaseID: Double], at now: Double) {
        for place in containers.indices {
            switch containers[place].limits {
            case .user: continue
            case .leased(let lease):
                guard held[lease.id] == nil else { continue }
                lose(place, at: now, because: "it is no longer in force")
                quieten(place, "its lease ended, and nobody has said why", at: now)
            case .uncertain(var lease):
                guard let remaining = held[lease.id] else { continue }
                lease.until = max(lease.until, now + remaining)
                containers[place].limits = .uncertain(lease)
            }
        }
    }

    /// The container's lease has ended, and not by an order of the harvest.
    private mutating func lose(_ place: Int, at now: Double, because reason: String) {
        guard let lease = containers[place].lease, lease.mayBeginAnew else { return end(place, at: now, because: reason) }
        keep(place, before: containers[place].inForce, after: containers[place].user, reason, at: now)
        doubt(place, lease, at: now)
    }

    // MARK: What is wanted

    /// The next change, nil while there is none or one has not been answered. `draw` gives numbers of new leases; with
    /// `givesBackOnly` nothing is lent, borrowed or renewed.
    public mutating func next(
        at now: Double, givesBackOnly: Bool = false, draw: () -> LeaseID
    ) -> HarvestOrder? {
        guard pending == nil else { return nil }
        for place in containers.indices { age(place, at: now) }
        ledger.expire(at: now)
        keepReturned()
        var order: HarvestOrder?
        if let place = takeAdjusting() {
            order = givesBackOnly ? nil : take(place, draw)
            if order == nil { withdraw(place, at: now) }
        }
        order = order ?? giveBack(at: now, all: givesBackOnly)
        if order == nil, !givesBackOnly {
            order = renewal(at: now) ?? change(at: now, lending: true, draw) ?? change(at: now, lending: false, draw)
        }
        pending = order.map { ($0, now) }
        return order
    }

    /// A lease that must be over has ended; one that may be is in doubt.
    private mutating func age(_ place: Int, at now: Double) {
        guard let lease = containers[place].lease else { return }
        if lease.until <= now {
            end(place, at: now, because: Self.words(for: .expired))
        } else if lease.surelyUntil <= now, !containers[place].isUncertain {
            doubt(place, lease, at: now)
        }
    }

    private mutating func takeAdjusting() -> Int? {
        defer { adjusting = nil }
        return adjusting.flatMap { id in containers.firstIndex { $0.containerID == id } }
    }
}
