import Cluster
import Learning
public import Measures
import Topology

/// The scheduling loop as a value: observe, decide, act, measure, learn, written once for simulated and live clusters.
/// Events go in, one effect comes out of each; `SchedulingDriver` performs the effects.
///
/// The thesis waits 8.5 s after an action before it reads the metrics again. This loop waits for no duration: the
/// cluster's levers return once a change serves requests, and each observation is of a window that began after it was
/// asked for. A transition is closed by the observation that the next decision is taken on, so the policy learns on
/// exactly the states in which it acts, the next request's target included. The last transition of a loop is never
/// closed.
public struct SchedulingLoop: Sendable {
    /// What observations are made of.
    public let observationSpace: ObservationSpace
    /// What can be chosen.
    public let actionSpace: any ActionSpace
    /// Which actions are forbidden beside those that may do harm.
    public let maskRule: MaskRule
    /// What a request is worth.
    public let reward: Reward
    /// What stands in front of every change; nil carries out whatever is chosen.
    public private(set) var placementGuard: PlacementGuard?
    /// Steps finished.
    public private(set) var steps = 0

    private let actionNames: [String]
    private var state = State.idle
    private var open: OpenTransition?
    private var lastLatencySeconds: Double?

    /// A loop that has seen nothing yet, over the topology of `actionSpace`.
    public init(
        actionSpace: any ActionSpace, maskRule: MaskRule, reward: Reward = Reward(),
        placementGuard: PlacementGuard? = nil
    ) {
        observationSpace = ObservationSpace(actionSpace.topology)
        self.actionSpace = actionSpace
        actionNames = actionSpace.actions.map(\.description)
        self.maskRule = maskRule
        self.reward = reward
        self.placementGuard = placementGuard
    }

    /// Takes in `event`, which happened at `now`, and says what is to be done next; throws `UnexpectedEvent`, and
    /// changes nothing, when the loop was not waiting for it. The instants of one loop are of one time line; only a
    /// guard looks at them.
    public mutating func handle(_ event: Event, at now: MonotonicInstant) throws(UnexpectedEvent) -> Effect {
        switch (state, event) {
        case (.idle, .requested(let request)):
            state = .observing(request)
            return .observe(topology.nodes)
        case (.observing(let request), .observed(let snapshot, let metrics)):
            return decide(request, snapshot, metrics, at: now)
        case (.observing(let request), .observationFailed(let why)):
            return run(Step(request: request, failures: [why]))
        case (.deciding(let step, let seen, let observation, let allowed), .chose(let choice)):
            return act(step, seen, observation, allowed, choice, at: now)
        case (.changing(var step, let change), .changed(let chosenNode)):
            placementGuard?.noteDone(chosen: chosenNode)
            step.snapshot = step.snapshot.map { change.applied(to: $0, chosen: chosenNode) }
            step.change = describe(change, chosenNode)
            return run(step)
        case (.changing(var step, let change), .changeFailed(let why)):
            placementGuard?.noteFailed()
            step.change = change.description
            step.failures.append(why)
            return run(step)
        case (.running(let step), .ran(let outcome)):
            return finish(step, outcome)
        case (.running(var step), .runFailed(let why)):
            step.failures.append(why)
            return finish(step, nil)
        default:
            throw UnexpectedEvent(description: "the scheduling loop was \(state.name) when it was told: \(event)")
        }
    }

    /// Gives up the step that is under way, if there is one; what was decided in it is not learnt from.
    public mutating func abandonStep() {
        guard case .idle = state else {
            placementGuard?.noteAbandoned()
            state = .idle
            open = nil
            lastLatencySeconds = nil
            return
        }
    }

    /// Has the guard, if there is one, hold every change for as long as `isPaused`; requests are served all the same.
    public mutating func hold(_ isPaused: Bool) { placementGuard?.isPaused = isPaused }

    private var topology: SchedulingTopology { actionSpace.topology }

    private mutating func decide(
        _ request: WorkflowRequest, _ snapshot: ClusterSnapshot, _ metrics: [NodeName: NodeMetrics],
        at now: MonotonicInstant
    ) -> Effect {
        let seen = PlacementState(
            snapshot: snapshot, metrics: metrics, target: request.target, lastLatencySeconds: lastLatencySeconds)
        let observation = observationSpace.observe(seen)
        var allowed = actionSpace.mask(in: seen, rule: maskRule)
        var step = Step(request: request, snapshot: snapshot)
        let space = actionSpace
        if let review = placementGuard?.review(seen, in: space, allowed: allowed, at: now) {
            allowed = review.allowed
            step.take(review)
        }
        let closing = open?.closed(by: observation.values, allowed: allowed)
        open = nil
        state = .deciding(step, seen, observation, allowed)
        return .decide(observation, allowed: allowed, closing: closing)
    }

    private mutating func act(
        _ step: Step, _ seen: PlacementState, _ observation: Observation, _ allowed: ActionMask, _ choice: PolicyChoice,
        at now: MonotonicInstant
    ) -> Effect {
        var step = step
        step.decision = DecisionRecord.Decision(
            entryNames: observationSpace.names, observation: observation.values, absentEntries: observation.absent,
            actions: actionNames, values: choice.values, allowed: (0..<allowed.actionCount).map { allowed[$0] },
            chosen: choice.action, isRandom: choice.isRandom, epsilon: choice.epsilon, barred: step.barred)
        if let correction = step.correction {
            placementGuard?.carryOut(correction, from: seen.snapshot, at: now)
            state = .changing(step, correction.change)
            return .change(correction.change)
        }
        guard case .change(let change) = actionSpace.resolve(actionSpace.actions[choice.action], in: seen) else {
            return run(step)
        }
        let space = actionSpace
        let refusal = placementGuard?.rule(on: change, choice: choice, in: space, from: seen.snapshot, at: now)
        if let refusal {
            step.refusal = refusal
            return run(step)
        }
        state = .changing(step, change)
        return .change(change)
    }

    private mutating func run(_ step: Step) -> Effect {
        state = .running(step)
        return .run(step.request)
    }

    /// What came before a request that teaches nothing was closed when it was observed; its own transition is never made.
    private mutating func finish(_ step: Step, _ outcome: WorkflowOutcome?) -> Effect {
        let record = step.record(
            number: steps, topology: topology, reward: reward, stay: actionSpace.stay, outcome: outcome)
        placementGuard?.noteRun(latencySeconds: record.latencySeconds, isServed: record.isServed)
        open = OpenTransition(record)
        lastLatencySeconds = outcome?.latencySeconds
        steps += 1
        state = .idle
        return .finish(record)
    }

    private func describe(_ change: ClusterChange, _ chosenNode: NodeName?) -> String {
        guard case .reschedule(let unit) = change, let chosenNode else { return change.description }
        return ClusterChange.move(unit, to: chosenNode).description
    }
}

extension SchedulingLoop {
    /// What is known of a step that is under way.
    struct Step: Sendable {
        let request: WorkflowRequest
        var snapshot: ClusterSnapshot?
        var decision: DecisionRecord.Decision?
        var change: String?
        var failures: [String] = []
        /// Why the guard took actions away; nil without a guard.
        var barred: [String]?
        /// What the guard does in the place of anybody's choice.
        var correction: GuardCorrection?
        /// Why the guard did not let the choice be carried out.
        var refusal: GuardRefusal?

        mutating func take(_ review: PlacementGuard.Review) {
            barred = review.barred.map(\.description)
            correction = review.correction
        }
    }

    enum State: Sendable {
        case idle
        case observing(WorkflowRequest)
        case deciding(Step, PlacementState, Observation, ActionMask)
        case changing(Step, ClusterChange)
        case running(Step)

        var name: String {
            switch self {
            case .idle: "idle"
            case .observing: "waiting for an observation"
            case .deciding: "waiting for a choice"
            case .changing: "waiting for the cluster"
            case .running: "waiting for a request to end"
            }
        }
    }
}
