import Topology

/// Which change of limits comes next: first what is given back, then renewals, then what lends, then what borrows.
extension NodeHarvest {
    /// What the container's limits ought to be: what it wants where that is less than its user's, else what of its wish it
    /// has borrowed.
    func goal(_ place: Int) -> Resources {
        let container = containers[place]
        let allocation = ledger.allocation(of: container.party)
        func one(_ wanted: Int, _ user: Int, _ held: Int) -> Int { wanted < user ? wanted : max(min(held, wanted), user) }
        return Resources(
            millicores: one(container.wanted.millicores, container.user.millicores, allocation.millicores),
            mebibytes: one(container.wanted.mebibytes, container.user.mebibytes, allocation.mebibytes))
    }

    func giveBack(at now: Double, all: Bool) -> HarvestOrder? {
        func isLender(_ container: ContainerHarvest<Manager>) -> Bool {
            container.lease.map { !container.user.fits(in: $0.limits) } ?? false
        }
        let lenders = containers.indices.filter { isLender(containers[$0]) }
        let others = containers.indices.filter { !isLender(containers[$0]) }
        for place in lenders + others {
            let container = containers[place]
            guard let lease = container.lease, container.askAgainAt <= now else { continue }
            let goal = rounded(goal(place), user: container.user)
            let purpose: HarvestOrder.Purpose
            if all || container.isUncertain || goal == container.user {
                purpose = .giveBack
            } else if isDue(lease.limits, goal, user: container.user) || isWorthwhile(container, lease.limits, goal, at: now) {
                purpose = .adjust
            } else {
                continue
            }
            return HarvestOrder(
                containerID: container.containerID, namespace: container.namespace, pod: container.pod,
                order: .end(lease.id), purpose: purpose, limits: container.user)
        }
        return nil
    }

    /// Whether a lease holds what it may not: more than is borrowed, or less than is wanted again.
    private func isDue(_ leased: Resources, _ goal: Resources, user: Resources) -> Bool {
        func one(_ leased: Int, _ goal: Int, _ user: Int) -> Bool {
            leased > user ? goal < leased : leased < user && goal >= user
        }
        return one(leased.millicores, goal.millicores, user.millicores)
            || one(leased.mebibytes, goal.mebibytes, user.mebibytes)
    }

    /// Whether other limits would be better by a step, and these have been in force for half a lease: every change costs
    /// the container a moment at its user's limits.
    private func isWorthwhile(
        _ container: ContainerHarvest<Manager>, _ leased: Resources, _ goal: Resources, at now: Double
    ) -> Bool {
        now - container.changedAt >= settings.leaseSeconds / 2
            && (abs(goal.millicores - leased.millicores) >= settings.step.millicores
                || abs(goal.mebibytes - leased.mebibytes) >= settings.step.mebibytes)
    }

    /// `goal` without changes of less than a step.
    private func rounded(_ goal: Resources, user: Resources) -> Resources {
        Resources(
            millicores: abs(goal.millicores - user.millicores) < settings.step.millicores
                ? user.millicores : goal.millicores,
            mebibytes: abs(goal.mebibytes - user.mebibytes) < settings.step.mebibytes ? user.mebibytes : goal.mebibytes)
    }

    func renewal(at now: Double) -> HarvestOrder? {
        for container in containers {
            guard case .leased(let lease) = container.limits, lease.surelyUntil - now <= settings.leaseSeconds / 2,
                container.quietUntil <= now, container.askAgainAt <= now, container.wanted != container.user
            else { continue }
            return take(lease.limits, of: container, lease.id, .renew)
        }
        return nil
    }

    /// A lease for a container that has none; `lending` for those that lend something by it. A container whose lease has
    /// ended waits for the next report.
    func change(at now: Double, lending: Bool, _ draw: () -> LeaseID) -> HarvestOrder? {
        for place in containers.indices {
            let container = containers[place]
            guard container.lease == nil, container.quietUntil <= now, container.changedAt < reportedAt,
                now - container.firstSeenAt >= settings.observeSeconds,
                let order = take(place, draw), (order.purpose == .lend) == lending
            else { continue }
            return order
        }
        return nil
    }

    /// A lease with the limits that ought to be; nil where these are the user's.
    func take(_ place: Int, _ draw: () -> LeaseID) -> HarvestOrder? {
        let user = containers[place].user
        let goal = rounded(goal(place), user: user)
        guard goal != user else { return nil }
        return take(goal, of: containers[place], draw(), user.fits(in: goal) ? .borrow : .lend)
    }

    func take(
        _ limits: Resources, of container: ContainerHarvest<Manager>, _ id: LeaseID, _ purpose: HarvestOrder.Purpose
    ) -> HarvestOrder {
        let user = container.user
        return HarvestOrder(
            containerID: container.containerID, namespace: container.namespace, pod: container.pod,
            order: .take(
                LeaseRequest(
                    id: id, containerID: container.containerID,
                    cpuCores: limits.millicores == user.millicores ? nil : Double(limits.millicores) / 1_000,
                    memoryBytes: limits.mebibytes == user.mebibytes ? nil : UInt64(limits.mebibytes) << 20,
                    durationNanoseconds: UInt64(settings.leaseSeconds * 1e9))),
            purpose: purpose, limits: limits)
    }
}
