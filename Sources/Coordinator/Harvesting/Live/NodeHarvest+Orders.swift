public import Topology

/// What becomes of orders.
extension NodeHarvest {
    /// Takes in what became of the last order, unless an event has told it already. Nobody having answered says nothing: the
    /// order may have been carried out, and may yet be, until it would have run out.
    public mutating func settle(_ outcome: LeaseOutcome, at now: Double) {
        guard let (order, since) = pending else { return }
        pending = nil
        guard let place = containers.firstIndex(where: { $0.containerID == order.containerID }) else { return }
        switch order.order {
        case .take(let request) where order.purpose == .renew: settleRenewal(place, order, request, outcome, since, at: now)
        case .take(let request): settleTake(place, order, request, outcome, since, at: now)
        case .end(let id): settleEnd(place, order, id, outcome, at: now)
        }
    }

    private mutating func settleTake(
        _ place: Int, _ order: HarvestOrder, _ request: LeaseRequest, _ outcome: LeaseOutcome, _ since: Double,
        at now: Double
    ) {
        let lease = lease(request, order.limits, since, at: now)
        switch outcome {
        case .told(let event) where event.kind == .granted || event.kind == .renewed:
            hold(place, lease, order, at: now)
        case .told, .notSent:
            withdraw(place, at: now)
            quieten(place, Self.sentence(outcome), at: now)
        case .unanswered:
            doubt(place, lease, at: now)
            quieten(place, Self.sentence(outcome), at: now)
        }
    }

    private mutating func settleRenewal(
        _ place: Int, _ order: HarvestOrder, _ request: LeaseRequest, _ outcome: LeaseOutcome, _ since: Double,
        at now: Double
    ) {
        let lease = lease(request, order.limits, since, at: now)
        let isKnown = containers[place].lease?.id == request.id
        switch outcome {
        case .told(let event) where event.kind == .renewed && isKnown:
            containers[place].limits = .leased(lease)
            aim(place, at: now)
        case .told(let event) where event.kind == .granted || event.kind == .renewed:
            // It had ended before the agent heard of its renewal, which thus began another one, after whatever ended it.
            doubt(place, lease, at: now)
            quieten(place, "its lease had ended before it was renewed", at: now)
        case .told:
            // A lease that is not renewed lasts to its end all the same.
            quieten(place, Self.sentence(outcome), at: now)
        case .notSent:
            containers[place].askAgainAt = now + askAgainSeconds
        case .unanswered:
            containers[place].askAgainAt = now + askAgainSeconds
            guard case .leased(var known) = containers[place].limits, isKnown else {
                // It has ended meanwhile, and may be in force again by this order.
                return doubt(place, lease, at: now)
            }
            known.until = lease.until
            known.mayBeginAnew = true
            containers[place].limits = .leased(known)
        }
    }

    private mutating func settleEnd(
        _ place: Int, _ order: HarvestOrder, _ id: LeaseID, _ outcome: LeaseOutcome, at now: Double
    ) {
        guard let lease = containers[place].lease, lease.id == id else { return }
        switch outcome {
        case .told(let event) where event.kind == .ended && event.reason != .returned && event.reason != nil:
            note(event, at: now)
        case .told(let event) where event.kind == .ended && order.purpose == .adjust:
            // The next order takes the lease that ought to be; until then what the old one lent stays lent.
            keep(place, before: containers[place].inForce, after: containers[place].user, "to be adjusted", at: now)
            containers[place].limits = .user
            containers[place].changedAt = now
            adjusting = order.containerID
        case .told(let event) where event.kind != .delayed:
            end(place, at: now, because: "given back")
        case .notSent:
            containers[place].askAgainAt = now + askAgainSeconds
        case .told, .unanswered:
            containers[place].askAgainAt = now + askAgainSeconds
            doubt(place, lease, at: now)
            quieten(place, Self.sentence(outcome), at: now)
        }
    }

    /// The lease that an order of the instant `since` asks for and that is answered, or not, at `now`.
    private func lease(
        _ request: LeaseRequest, _ limits: Resources, _ since: Double, at now: Double
    ) -> ContainerHarvest<Manager>.Lease {
        let seconds = Double(request.durationNanoseconds) * 1e-9
        return .init(id: request.id, limits: limits, surelyUntil: since + seconds, until: now + seconds)
    }

    private static func sentence(_ outcome: LeaseOutcome) -> String {
        switch outcome {
        case .told(let event): event.sentence ?? "\(event.kind)"
        case .notSent(let sentence): sentence
        case .unanswered: "the agent has not answered"
        }
    }

    private mutating func hold(
        _ place: Int, _ lease: ContainerHarvest<Manager>.Lease, _ order: HarvestOrder, at now: Double
    ) {
        keep(place, before: containers[place].inForce, after: lease.limits, "to \(order.purpose.rawValue)", at: now)
        containers[place].limits = .leased(lease)
        containers[place].changedAt = now
        aim(place, at: now)
        // What has just been put up is there for the others.
        for other in containers.indices where other != place { aim(other, at: now) }
    }
}
