internal import Harvesting

// What happens to calls while they run: looks at their use at the ends of windows.
extension FaaSCluster {
    /// Schedules the next look at a call that ends at `end`, if something could come of it and none is scheduled.
    ///
    /// Who watches a real call looks at every window. Here use only changes with what a call has, so that the windows
    /// are left out at which nothing would be seen.
    mutating func watch(_ slot: Int32, until end: Double) {
        let place = Int(slot)
        guard slots[place].decision.returnsOnDemand || slots[place].decision.mostInFlight != .zero else { return }
        guard !slots[place].isWatched else { return }
        let call = slots[place]
        let near = spike(of: call)
        guard near.cpu || near.memory || aim(of: call) != call.allocation else { return }
        let window = parameters.windowSeconds
        let from = max(call.beginsAt, now)
        var noticed = ((from / window).rounded(.down) + Double(call.windowsToNextLook)) * window
        if noticed <= from { noticed += window }
        guard noticed < end else { return }
        slots[place].isWatched = true
        slots[place].windowsToNextLook = min(2 * call.windowsToNextLook, parameters.mostWindowsBetweenLooks)
        events.schedule(.look, at: noticed, slot: slot, stamp: call.useStamp)
    }

    /// Looks at a call's use: takes back what it lends and needs, lets it borrow where it uses up what it has, and
    /// gives back what it has borrowed and does not use. Nil when nothing has changed.
    mutating func look(_ slot: Int32) -> Step? {
        let place = Int(slot)
        let server = Int(slots[place].server)
        slots[place].isWatched = false
        let near = spike(of: slots[place])
        // What is taken back is aimed at no further: its use is seen in the next window.
        let call = slots[place]
        let aim = aim(of: call)
        var step: Step?
        if near.cpu || near.memory {
            slots[place].wasReclaimed = true
            servers[server].ledger.reclaim(call.party, cpu: near.cpu, memory: near.memory, at: now)
            carryOutChanges(on: server)
            step = .reclaimed
        }
        let before = slots[place].allocation
        // A resource that has come back stays as it is.
        let wanted = Resources(
            millicores: near.cpu ? before.millicores : aim.millicores,
            mebibytes: near.memory ? before.mebibytes : aim.mebibytes)
        if wanted != before {
            servers[server].ledger.decide(
                call.party, AllocationDecision(wanted, safeguarded: call.decision.safeguarded), at: now)
            carryOutChanges(on: server)
            let after = slots[place].allocation
            if !after.fits(in: before), !after.fits(in: call.request.user) {
                slots[place].wasAcceleratedInFlight = true
            }
            if after != before { step = step ?? .adjusted }
        }
        makeRoom(on: server)
        let end = slots[place].since + slots[place].remaining * slots[place].wholeSeconds
        watch(slot, until: end)
        return step
    }

    /// Of which resources the call lends some that returns on demand, and uses nearly all that is left to it.
    private func spike(of call: CallSlot) -> (cpu: Bool, memory: Bool) {
        guard call.decision.returnsOnDemand else { return (false, false) }
        let user = call.request.user
        let left = call.allocation
        let use = call.use
        return (
            left.millicores < user.millicores && isNear(use.millicores, to: left.millicores),
            left.mebibytes < user.mebibytes && isNear(use.mebibytes, to: left.mebibytes)
        )
    }

    private func isNear(_ use: Int, to amount: Int) -> Bool { Double(use) >= parameters.nearShare * Double(amount) }

    /// What the call should come to have in flight after what it uses.
    private func aim(of call: CallSlot) -> Resources {
        let most = call.decision.mostInFlight
        guard most != .zero else { return call.allocation }
        let step = AllocationGrid.published.step
        let (user, has, use) = (call.request.user, call.allocation, call.use)
        return Resources(
            millicores: aim(
                use: use.millicores, has: has.millicores, user: user.millicores, most: most.millicores,
                step: step.millicores),
            mebibytes: aim(
                use: use.mebibytes, has: has.mebibytes, user: user.mebibytes, most: most.mebibytes,
                step: step.mebibytes))
    }

    /// Twice as much where all is used, a step more at least, and no more than `most`; of what is borrowed and not
    /// used, so much is given back that whole steps remain of which the use is not near. What is lent stays lent.
    private func aim(use: Int, has: Int, user: Int, most: Int, step: Int) -> Int {
        guard has >= user else { return has }
        if isNear(use, to: has) { return max(has, min(max(2 * has, has + step), most)) }
        let enough = (Int(Double(use) / parameters.nearShare) / step + 1) * step
        return min(has, max(enough, user))
    }
}
