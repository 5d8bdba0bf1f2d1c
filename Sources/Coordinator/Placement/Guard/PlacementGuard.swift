public import Cluster
public import Learning
public import Measures
public import Topology

/// Stands in front of every change of the cluster, as a value: what happens goes in, what is allowed comes out. It
/// knows no clock but the instants that it is given, all of one time line.
///
/// `review` says before the policy chooses what it may choose from, `rule` says whether the choice is carried out. Both
/// only ever take away: leaving everything as it is stays allowed always.
public struct PlacementGuard: Sendable {
    /// What is allowed.
    public let settings: GuardSettings
    /// Whether an operator holds the guard: nothing is changed, and what is measured goes on being measured.
    public var isPaused = false
    /// What the guard is going to put right, in order.
    public private(set) var corrections: [GuardCorrection] = []

    private let startedAt: MonotonicInstant
    private var history: ChangeHistory
    private var trial: LatencyTrial
    private var stock: StockRules
    private var exploration: ExplorationAllowance
    /// The change that was let through and of which nothing has been heard yet.
    private var pending: Pending?
    /// Where everything should be by what the guard let through; nil before the first review.
    private var expected: [FunctionName: NodeName]?
    private var givesBack = GiveBack()

    private struct Pending: Sendable {
        let change: ClusterChange
        let undo: ClusterChange?
        let snapshot: ClusterSnapshot
        let isCorrection: Bool
    }

    /// A guard that knows of nothing before `now`.
    public init(_ settings: GuardSettings, at now: MonotonicInstant) {
        self.settings = settings
        startedAt = now
        history = ChangeHistory(settings)
        trial = LatencyTrial(settings)
        stock = StockRules(runs: settings.stockRuns)
        exploration = ExplorationAllowance(ceiling: settings.explorationCeiling)
    }

    /// What may be chosen in one state.
    public struct Review: Sendable {
        /// The actions left.
        public let allowed: ActionMask
        /// Why others were taken away, each reason once.
        public let barred: [GuardRefusal]
        /// What is to be done whatever is chosen; only staying is allowed then.
        public let correction: GuardCorrection?
    }

    /// Takes from `allowed` the actions of `space` that would change the cluster in `state` and must not now.
    public mutating func review(
        _ state: PlacementState, in space: any ActionSpace, allowed: ActionMask, at now: MonotonicInstant
    ) -> Review {
        exploration.noteDecision()
        reconcile(with: state, in: space.topology)
        var mask = allowed
        var barred: [GuardRefusal] = []
        let changes = space.actions.indices.compactMap { place -> (Int, ClusterChange)? in
            guard allowed[place], case .change(let change) = space.resolve(space.actions[place], in: state) else {
                return nil
            }
            return (place, change)
        }
        let blocked = blocking(state, in: space.topology, at: now)
        if let correction = corrections.first, blocked == nil, mayPutRight(correction, in: state) {
            for (place, _) in changes { mask[place] = false }
            return Review(allowed: mask, barred: [.correctionDue(correction.change)], correction: correction)
        }
        let general = blocked ?? holding(at: now)
        for (place, change) in changes {
            guard let refusal = general ?? history.refusal(of: change, at: now) else { continue }
            mask[place] = false
            if !barred.contains(refusal) { barred.append(refusal) }
        }
        return Review(allowed: mask, barred: barred, correction: nil)
    }

    /// Whether `change`, which `choice` among the actions of `space` came down to, may be carried out on a cluster that
    /// is as `snapshot`; the answer is why not, or nil, and the change then counts as made.
    public mutating func rule(
        on change: ClusterChange, choice: PolicyChoice, in space: any ActionSpace, from snapshot: ClusterSnapshot,
        at now: MonotonicInstant
    ) -> GuardRefusal? {
        if isPaused { return .paused }
        let refusal = choice.isRandom ? exploration.refusal : gainRefusal(of: choice, stay: space.stay)
        if let refusal { return refusal }
        switch settings.mode {
        case .observe: return .observing
        case .advise: return .advising
        case .act: break
        }
        if choice.isRandom { exploration.spend() }
        let undo = change.undo(in: snapshot, of: space.topology)
        begin(Pending(change: change, undo: undo, snapshot: snapshot, isCorrection: false), at: now)
        return nil
    }

    /// Notes that `correction`, which `review` gave, is being carried out on a cluster that is as `snapshot`.
    public mutating func carryOut(
        _ correction: GuardCorrection, from snapshot: ClusterSnapshot, at now: MonotonicInstant
    ) {
        begin(Pending(change: correction.change, undo: nil, snapshot: snapshot, isCorrection: true), at: now)
    }

    /// The change that was let through serves requests; `chosen` is the cluster's choice where it had one.
    public mutating func noteDone(chosen: NodeName?) {
        guard let done = pending else { return }
        pending = nil
        let after = done.change.applied(to: done.snapshot, chosen: chosen)
        expected = after.assignment
        if after == done.snapshot { history.stayedPut() }
        if done.isCorrection {
            corrections.removeFirst()
            trial.beginUnjudged()
        } else {
            givesBack.add(done.change, undo: done.undo)
            trial.begin(done.change, undo: done.undo)
        }
    }

    /// The cluster did not carry out what was let through: everything is where it was.
    public mutating func noteFailed() {
        guard let failed = pending else { return }
        pending = nil
        history.stayedPut()
        guard failed.isCorrection else { return }
        corrections[0].failures += 1
        if corrections[0].failures >= GuardCorrection.maximumFailures { corrections.removeFirst() }
    }

    /// The step was given up: whether a change that was let through was made is not known, so it counts as made, and
    /// what is measured begins anew.
    public mutating func noteAbandoned() {
        guard pending != nil else { return }
        pending = nil
        expected = nil
        trial.restart()
    }

    /// Takes in a request's latency in seconds, nil when it failed, and whether it kept its target.
    public mutating func noteRun(latencySeconds: Double?, isServed: Bool) {
        let isCold = trial.isCold
        if let worse = trial.note(latencySeconds: latencySeconds), let undo = worse.undo {
            let reason = GuardCorrection.Reason.worse(
                change: worse.change.description, beforeSeconds: worse.medianBeforeSeconds,
                afterSeconds: worse.medianAfterSeconds)
            corrections.append(GuardCorrection(undo, reason))
        }
        guard !isCold, settings.mode == .act, !isPaused else { return }
        // What the stock rules have not got back yet is not theirs to be measured by.
        if stock.refusal != nil, !corrections.isEmpty { return }
        if stock.note(isServed: isServed) { corrections = givesBack.takeAll() }
    }

    /// Another policy decides from here on: it is measured by its own runs.
    public mutating func beginPolicy() { stock.beginPolicy() }
}

extension PlacementGuard {
    private mutating func begin(_ change: Pending, at now: MonotonicInstant) {
        history.grant(change.change, from: change.snapshot, at: now)
        pending = change
    }

    /// Notices what others have moved: neither what was measured nor a step back fits a placement that is not ours.
    private mutating func reconcile(with state: PlacementState, in topology: SchedulingTopology) {
        let assignment = state.snapshot.assignment
        if let expected, topology.functions.contains(where: { expected[$0] != assignment[$0] }) {
            trial.restart()
            corrections.removeAll { $0.isStepBack }
        }
        expected = assignment
        corrections.removeAll { !$0.change.isStillToBeMade(in: state, of: topology) }
    }

    /// Why nothing at all may be changed, the guard's own corrections included.
    private func blocking(
        _ state: PlacementState, in topology: SchedulingTopology, at now: MonotonicInstant
    ) -> GuardRefusal? {
        if isPaused { return .paused }
        if settings.mode == .observe { return .observing }
        let quiet = now.nanoseconds(since: startedAt)
        if quiet < settings.quietAfterStartNanoseconds {
            return .justStarted(secondsLeft: Double(settings.quietAfterStartNanoseconds - quiet) * 1e-9)
        }
        if let refusal = state.telemetryRefusal(in: topology, maximumAgeNanoseconds: settings.telemetryAgeNanoseconds) {
            return refusal
        }
        return history.budgetRefusal(at: now)
    }

    /// Why the policy may change nothing.
    private func holding(at now: MonotonicInstant) -> GuardRefusal? {
        if let correction = corrections.first { return .correctionDue(correction.change) }
        if settings.mode == .act, let refusal = stock.refusal { return refusal }
        return trial.refusal
    }

    private func mayPutRight(_ correction: GuardCorrection, in state: PlacementState) -> Bool {
        guard settings.mode == .act else { return false }
        if case .move(_, let node) = correction.change { return state.mayReceive(node) }
        return true
    }

    private func gainRefusal(of choice: PolicyChoice, stay: Int) -> GuardRefusal? {
        guard settings.minimumGain > 0 else { return nil }
        guard choice.values.indices.contains(choice.action), choice.values.indices.contains(stay) else {
            return .gainUnknown
        }
        let gain = Double(choice.values[choice.action]) - Double(choice.values[stay])
        let needed = abs(Double(choice.values[stay])) * settings.minimumGain
        // Written so that a gain that is no number is refused.
        return gain >= needed ? nil : .gainTooSmall(gain: gain, needed: needed)
    }
}
