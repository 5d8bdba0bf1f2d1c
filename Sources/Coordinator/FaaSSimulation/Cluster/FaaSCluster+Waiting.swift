internal import Harvesting

// The lines of calls that wait at the servers.
extension FaaSCluster {
    /// The server with the fewest calls waiting, the nearest to the function's home among equals.
    func shortestLine(for function: Int) -> Int {
        var server = Int(homes[function])
        var shortest = server
        for _ in servers.indices {
            if servers[server].line.count < servers[shortest].line.count { shortest = server }
            server = next(after: server)
        }
        return shortest
    }

    /// Puts a call at the end of the line at `server`.
    mutating func join(_ slot: Int32, _ server: Int) {
        let last = servers[server].line.last
        if last >= 0 { slots[Int(last)].nextWaiting = slot } else { servers[server].line.first = slot }
        servers[server].line.last = slot
        servers[server].line.count += 1
        sums.waiting += 1
    }

    /// Starts those of the first calls in the line for which there is room, the one that has waited longest first.
    mutating func startWaiting(on server: Int) {
        var before: Int32 = -1
        var slot = servers[server].line.first
        var tooLarge = 0
        while slot >= 0, tooLarge <= parameters.mostPassed, leastUser.fits(in: servers[server].ledger.unreserved) {
            let next = slots[Int(slot)].nextWaiting
            if servers[server].ledger.admits(slots[Int(slot)].request.user) {
                leave(slot, after: before, server)
                start(slot, on: server)
            } else {
                // The first one has been passed often enough: the room that becomes free is kept for it.
                if before < 0, servers[server].line.passed >= parameters.mostPassed { return }
                before = slot
                tooLarge += 1
            }
            slot = next
        }
    }

    /// Takes a call out of the line at `server`, in which it stands behind `before`.
    private mutating func leave(_ slot: Int32, after before: Int32, _ server: Int) {
        let next = slots[Int(slot)].nextWaiting
        if before >= 0 {
            slots[Int(before)].nextWaiting = next
            servers[server].line.passed += 1
        } else {
            servers[server].line.first = next
            servers[server].line.passed = 0
        }
        if next < 0 { servers[server].line.last = before }
        slots[Int(slot)].nextWaiting = -1
        servers[server].line.count -= 1
        sums.waiting -= 1
    }
}
