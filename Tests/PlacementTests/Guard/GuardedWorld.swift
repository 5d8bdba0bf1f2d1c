import Cluster
import Learning
import Measures
import Placement
import Topology

/// A loop with a guard on a cluster that does what it is told, in a time of its own.
struct GuardedWorld {
    private(set) var loop: SchedulingLoop
    var snapshot = World.snapshot()
    var metrics = Dictionary(uniqueKeysWithValues: World.nodes.map { ($0, World.metrics(c0: 0.5)) })
    /// Where the cluster puts what it is to place itself.
    var clustersChoice = NodeName("w04")
    /// Whether the cluster refuses changes.
    var isRefusing = false
    private(set) var now = MonotonicInstant(nanoseconds: 0)
    /// Every change that was asked of the cluster, with its instant.
    private(set) var changes: [(change: ClusterChange, at: MonotonicInstant)] = []
    /// The transition that the newest decision closed.
    private(set) var closed: Transition?
    let space: any ActionSpace

    /// A guard that is strict in nothing but what `change` makes it strict in.
    static func lenient(_ change: (inout GuardSettings) -> Void = { _ in }) -> GuardSettings {
        var settings = GuardSettings()
        settings.betweenMovesNanoseconds = 0
        settings.movesPerMinute = 1_000
        settings.noReturnNanoseconds = 0
        settings.minimumGain = 0
        settings.explorationCeiling = 1
        settings.runsToJudge = 1
        settings.worseBy = 1_000
        settings.coldRuns = 0
        settings.stockRuns = 0
        settings.quietAfterStartNanoseconds = 0
        change(&settings)
        return settings
    }

    init(_ settings: GuardSettings, scheduler: Scheduler = .fullmap) throws {
        let topology = try World.topology()
        let space: any ActionSpace =
            scheduler == .kubernetes ? KubernetesActionSpace(topology) : FullmapActionSpace(topology)
        self.space = space
        loop = SchedulingLoop(
            actionSpace: space, maskRule: .withoutEffect, placementGuard: PlacementGuard(settings, at: now))
    }

    mutating func hold(_ isPaused: Bool) { loop.hold(isPaused) }

    mutating func pass(seconds: Double) { now = now.advanced(byNanoseconds: UInt64(seconds * 1e9)) }

    /// One step at the present instant, which chooses `text` where that is allowed and stays otherwise. `gain` is how
    /// much more than staying, at 10, the policy expects of it; nil for a policy that expects nothing.
    @discardableResult
    mutating func step(
        _ text: String = "stay", gain: Float? = 5, isRandom: Bool = false, latency: Double? = 30,
        abandoned: Bool = false
    ) throws -> DecisionRecord? {
        let request = WorkflowRequest(
            sequence: loop.steps, workflow: WorkflowName("video-analytics"), target: try LatencyTarget(seconds: 35))
        _ = try loop.handle(.requested(request), at: now)
        guard case .decide(_, let allowed, let closing) = try loop.handle(.observed(snapshot, metrics), at: now) else {
            return nil
        }
        closed = closing
        let stay = space.actions.count - 1
        let wanted = space.actions.firstIndex { $0.description == text } ?? stay
        let place = allowed[wanted] ? wanted : stay
        var values = [Float](repeating: 10, count: space.actions.count)
        if let gain, place != stay { values[place] += gain }
        let choice = PolicyChoice(action: place, values: gain == nil ? [] : values, isRandom: isRandom)
        var effect = try loop.handle(.chose(choice), at: now)
        if case .change(let change) = effect {
            if abandoned {
                loop.abandonStep()
                return nil
            }
            effect = try loop.handle(perform(change), at: now)
        }
        let end: SchedulingLoop.Event =
            latency.map { .ran(WorkflowOutcome(latencySeconds: $0, functionSeconds: [:])) } ?? .runFailed("it broke")
        guard case .finish(let record) = try loop.handle(end, at: now) else { return nil }
        return record
    }

    private mutating func perform(_ change: ClusterChange) -> SchedulingLoop.Event {
        changes.append((change, now))
        if isRefusing { return .changeFailed("the cluster refuses") }
        guard case .reschedule = change else {
            snapshot = change.applied(to: snapshot, chosen: nil)
            return .changed(chosenNode: nil)
        }
        snapshot = change.applied(to: snapshot, chosen: clustersChoice)
        return .changed(chosenNode: clustersChoice)
    }
}
