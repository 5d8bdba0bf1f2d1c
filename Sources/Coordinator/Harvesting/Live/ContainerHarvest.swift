import Topology

/// What a node's harvest knows of one container.
struct ContainerHarvest<Manager: ResourceManager>: Sendable {
    let containerID: String
    let namespace: String
    let pod: String
    let function: FunctionName
    let user: Resources
    let party: LedgerParty
    /// A manager of its own, because replicas of one function may be used quite differently.
    var manager: Manager
    var history = FunctionHistory()
    var wanted: Resources
    var peak = Resources.zero
    var limits = Limits.user
    /// When the limits were last changed.
    var changedAt: Double
    let firstSeenAt: Double
    var quietUntil = -Double.infinity
    var quietReason: String?
    /// When an order about its lease that was not carried out is given again.
    var askAgainAt = -Double.infinity
    var calibratedAt: Double
    var reports = 0

    /// Which limits are in force.
    enum Limits: Sendable, Hashable {
        case user
        /// The agent has said so.
        case leased(Lease)
        /// Nobody has said what became of an order about this lease, or it may have run out: either the user's limits hold
        /// or the lease's. It is taken back before anything else is done with the container.
        case uncertain(Lease)
    }

    struct Lease: Sendable, Hashable {
        let id: LeaseID
        let limits: Resources
        /// Until then it is in force at least, unless it ends early.
        var surelyUntil: Double
        /// Until then it is in force at most.
        var until: Double
        /// Whether a renewal is perhaps still on its way, which would begin the lease anew if it had ended.
        var mayBeginAnew = false
    }

    /// The lease that is or may be in force.
    var lease: Lease? {
        switch limits {
        case .user: nil
        case .leased(let lease), .uncertain(let lease): lease
        }
    }

    /// The limits that are counted on: where it is not certain which hold, the higher ones, so that nothing is lent twice.
    var inForce: Resources {
        switch limits {
        case .user: user
        case .leased(let lease): lease.limits
        case .uncertain(let lease): lease.limits.greater(user)
        }
    }

    var isUncertain: Bool {
        if case .uncertain = limits { true } else { false }
    }

    /// Takes in what the container used in an interval that ended at `takenAt`, and decides what it shall have. Reports of
    /// an interval in which its limits changed tell of neither the old nor the new ones.
    mutating func report(
        peak newPeak: Resources, takenAt: Double, intervalSeconds: Double, _ settings: HarvestSettings, _ load: ClusterLoad
    ) {
        peak = newPeak
        guard takenAt - intervalSeconds >= changedAt else { return }
        let calibrates = takenAt - calibratedAt >= settings.forgetSeconds || isSpiking
        if calibrates { calibratedAt = takenAt }
        let record = FinishedInvocation(
            function: FunctionIndex(0), sequence: reports, user: user, allocated: inForce, peakUse: newPeak,
            waitSeconds: 0, executionSeconds: intervalSeconds, completionSeconds: intervalSeconds,
            baselineSeconds: intervalSeconds, endSeconds: takenAt, safeguarded: calibrates, succeeded: true)
        reports += 1
        history.finished(record)
        manager.finished(record)
        let verdict = settings.safeguard.verdict(history, user: user)
        let decision = manager.decide(
            InvocationRequest(
                function: FunctionIndex(0), user: user, sequence: reports, arrivalSeconds: takenAt), load)
        // A spike calibrates in the interval after it, when the user's limits hold again.
        isSpiking = verdict.isSafeguarded && lease != nil
        wanted = bounded(decision.allocation.greater(verdict.least).lesser(verdict.most), settings)
    }

    /// Whether it used nearly all of what was left to it, so that it has its user's amounts again.
    private(set) var isSpiking = false

    init(
        containerID: String, namespace: String, pod: String, function: FunctionName, user: Resources, party: LedgerParty,
        manager: Manager, at now: Double
    ) {
        self.containerID = containerID
        self.namespace = namespace
        self.pod = pod
        self.function = function
        self.user = user
        self.party = party
        self.manager = manager
        wanted = user
        changedAt = now
        firstSeenAt = now
        calibratedAt = now
    }

    /// What may be asked of the node's agent: a resource without a limit is left alone, and a lowered limit leaves room
    /// above what was used lately.
    private func bounded(_ wish: Resources, _ settings: HarvestSettings) -> Resources {
        var bounded = wish
        let recent = history.recentPeak
        if Safeguard.isNear(recent.millicores, to: bounded.millicores) { bounded.millicores += settings.step.millicores }
        bounded.mebibytes = max(bounded.mebibytes, recent.mebibytes + settings.memoryMarginMebibytes)
        if wish.millicores <= user.millicores { bounded.millicores = min(bounded.millicores, user.millicores) }
        if wish.mebibytes <= user.mebibytes { bounded.mebibytes = min(bounded.mebibytes, user.mebibytes) }
        if user.millicores == 0 { bounded.millicores = 0 }
        if user.mebibytes == 0 { bounded.mebibytes = 0 }
        return bounded
    }
}
