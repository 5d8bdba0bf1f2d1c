public import Topology

/// What is shown of a node's harvest.
extension NodeHarvest {
    /// The containers that take part, by namespace and pod.
    public func status(at now: Double) -> [HarvestedContainer] {
        containers.map { container in
            let isYoung = now - container.firstSeenAt < settings.observeSeconds
            let isQuiet = container.quietUntil > now
            return HarvestedContainer(
                containerID: container.containerID, namespace: container.namespace, pod: container.pod,
                function: container.function, user: container.user, limits: container.inForce,
                wanted: container.wanted, peak: container.peak, lent: ledger.lent(by: container.party),
                lentOut: ledger.lentOut(by: container.party), borrowed: ledger.borrowed(by: container.party),
                leaseEnds: container.lease?.until,
                leftAlone: isQuiet ? container.quietReason : isYoung ? "it has not been watched long enough" : nil)
        }.sorted { ($0.namespace, $0.pod, $0.containerID) < ($1.namespace, $1.pod, $1.containerID) }
    }

    /// The loans in force, with the containers' ids.
    public var loans: [(loan: Loan, lender: String, borrower: String)] {
        ledger.loans.compactMap { loan in
            guard let lender = containers.first(where: { $0.party == loan.lender }),
                let borrower = containers.first(where: { $0.party == loan.borrower })
            else { return nil }
            return (loan, lender.containerID, borrower.containerID)
        }
    }

    /// The leases that the harvest holds.
    public var leases: Set<LeaseID> { Set(containers.compactMap { $0.lease?.id }) }

    /// What is lent and what of it is borrowed, on the whole node.
    public var sums: (lent: Resources, borrowed: Resources) { (ledger.lent, ledger.borrowed) }

    /// What has happened since the last call, oldest first, and how much more than can be kept.
    public mutating func takeNews(at now: Double) -> (items: [HarvestNews], omitted: Int) {
        let containers = containers
        return news.take(ledger.loans, at: now) { party in containers.first { $0.party == party }?.function }
    }

    private func function(of party: LedgerParty) -> FunctionName? { containers.first { $0.party == party }?.function }

    mutating func keep(_ place: Int, before: Resources, after: Resources, _ reason: String, at now: Double) {
        let event = HarvestEvent(
            at: now, containerID: containers[place].containerID, function: containers[place].function, before: before,
            after: after, reason: reason)
        events.append(event)
        news.add(.limits(event))
        if events.count > Self.kept { events.removeFirst() }
    }

    mutating func keepReturned() {
        for one in ledger.returned {
            guard let lender = function(of: one.loan.lender), let borrower = function(of: one.loan.borrower) else { continue }
            let back = HarvestReturn(
                at: one.at, resource: one.loan.resource, amount: one.loan.amount, lender: lender, borrower: borrower,
                lentSeconds: one.at - one.loan.since, reason: one.reason, replaced: one.replaced)
            returned.append(back)
            news.add(.returned(back))
        }
        if returned.count > Self.kept { returned.removeFirst(returned.count - Self.kept) }
    }

    static func words(for reason: LeaseEvent.Reason) -> String {
        switch reason {
        case .expired: "its lease was over"
        case .nearGrant: "its use came near what was left to it"
        case .returned: "given back"
        case .containerGone: "the container is gone"
        case .changedElsewhere: "somebody has changed its limits"
        case .agentStopped: "the agent has stopped"
        case .recovered: "the agent has started anew"
        default: "\(reason)"
        }
    }
}
