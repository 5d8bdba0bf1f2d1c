/// What changes the ledger.
extension NodeHarvest {
    /// Tells the ledger what the container lends by its limits in force, and what it would borrow. What a raised limit has
    /// taken stays borrowed until the limit is known to be down again.
    mutating func aim(_ place: Int, at now: Double) {
        let container = containers[place]
        let user = container.user, inForce = container.inForce
        func one(_ wanted: Int, _ user: Int, _ inForce: Int) -> Int { inForce < user ? inForce : max(wanted, inForce) }
        let isWatched = now - container.firstSeenAt >= settings.observeSeconds && container.quietUntil <= now
        let wanted = isWatched || container.lease != nil ? container.wanted : user
        ledger.decide(
            container.party,
            AllocationDecision(
                Resources(
                    millicores: one(wanted.millicores, user.millicores, inForce.millicores),
                    mebibytes: one(wanted.mebibytes, user.mebibytes, inForce.mebibytes))),
            at: now, until: now + settings.leaseSeconds)
        keepReturned()
    }

    /// Nobody knows any more whether the container's lease is in force.
    mutating func doubt(_ place: Int, _ lease: ContainerHarvest<Manager>.Lease, at now: Double) {
        containers[place].limits = .uncertain(lease)
        containers[place].changedAt = now
        withdraw(place, at: now)
    }

    mutating func end(_ place: Int, at now: Double, because reason: String) {
        guard containers[place].lease != nil else { return }
        keep(place, before: containers[place].inForce, after: containers[place].user, reason, at: now)
        containers[place].limits = .user
        containers[place].changedAt = now
        withdraw(place, at: now)
    }

    /// Takes back what a container lends whose user's limits hold again.
    mutating func withdraw(_ place: Int, at now: Double) {
        ledger.reclaim(containers[place].party, cpu: true, memory: true, at: now)
        keepReturned()
        aim(place, at: now)
    }

    mutating func quieten(_ place: Int, _ reason: String, at now: Double) {
        containers[place].quietUntil = now + settings.quietSeconds
        containers[place].quietReason = reason
        news.add(
            .leftAlone(
                at: now, containerID: containers[place].containerID, function: containers[place].function, reason: reason))
        containers[place].wanted = containers[place].user
        aim(place, at: now)
    }

    mutating func remove(_ place: Int, at now: Double, because reason: String) {
        if containers[place].lease != nil {
            keep(place, before: containers[place].inForce, after: containers[place].user, reason, at: now)
        }
        ledger.end(containers[place].party, at: now)
        keepReturned()
        containers.remove(at: place)
    }
}
