import Cluster
public import Learning
public import Measures
public import Placement
import Simulation
import Topology

/// The Darly thesis' experiment on the simulated test bed, in process and in virtual time: a training from the start
/// state, then, from the start state again, an evaluation with frozen parameters.
public struct DarlyExperiment: Sendable {
    /// Steps of a training in the thesis.
    public static let thesisTrainingSteps = 500

    /// Who decides.
    public let scheduler: Scheduler
    /// Under which interference and targets.
    public let scenario: DarlyScenario
    /// The two latency targets.
    public let targets: DarlyTargets
    /// How the learners learn.
    public let preset: PlacementPreset
    /// Decides every random number of the experiment.
    public let seed: UInt64
    /// Steps of the training.
    public let trainingSteps: Int
    /// Whether the learner is shown no counters.
    public let countersBlanked: Bool

    /// The courses to run in place of the scenario's own; nil for those. `trainingSteps` still counts the training's steps.
    var courses: (training: Scenario, inference: Scenario)?

    /// An experiment as described; `trainingSteps` must be positive.
    public init(
        scheduler: Scheduler, scenario: DarlyScenario = .thesis, targets: DarlyTargets = .thesis,
        preset: PlacementPreset = .reeve, seed: UInt64, trainingSteps: Int = DarlyExperiment.thesisTrainingSteps,
        countersBlanked: Bool = false
    ) {
        precondition(trainingSteps > 0, "a training has at least one step")
        self.scheduler = scheduler
        self.scenario = scenario
        self.targets = targets
        self.preset = preset
        self.seed = seed
        self.trainingSteps = trainingSteps
        self.countersBlanked = countersBlanked
    }

    /// Runs training and inference; `version` stands in the result, `time` measures how long they take, and `onTrained`
    /// is given the learner after its training. Throws `LearningError` when the preset's parameters are not possible, and
    /// what `onTrained` throws.
    public func run(
        version: String, time: any TimeSource = SystemTime(), onTrained: (Checkpoint) throws -> Void = { _ in }
    ) async throws -> DarlyResult {
        let started = time.now
        let inference = try courses?.inference ?? scenario.inference(targets: targets, seed: seed)
        let search = CeilingSearch(scenario: inference, targets: targets, model: LatencyModel(), reward: preset.reward)
        let world = try World(self)
        let learner = try world.learner()
        var trained: [DecisionRecord] = []
        if let learner {
            let round =
                try courses?.training ?? scenario.trainingRound(steps: trainingSteps, targets: targets, seed: seed)
            let policy = LearnedPolicy(learner, mode: .training)
            trained = try await world.run(round, steps: trainingSteps, policy, seed: seed)
            try onTrained(learner.checkpoint(topology: world.label(), preset: preset.name))
        }
        let policy: any Policy
        if let learner {
            policy = LearnedPolicy(learner, mode: .frozen)
        } else {
            policy = world.yardstick(search)
        }
        // A stream of noise of its own, so that every scheduler is judged under the same noise.
        let judged = try await world.run(inference, steps: inference.steps, policy, seed: ~seed)
        let wallSeconds = time.now.seconds(since: started)
        return DarlyResult(
            scheduler: scheduler, scenario: scenario, preset: preset.name, seed: seed, countersBlanked: countersBlanked,
            training: learner.map { _ in DarlyPhaseResult(trained, targets: targets) },
            inference: DarlyPhaseResult(judged, targets: targets),
            ceiling: search.ceiling(),
            trace: Self.trace(trained, phase: "training", from: 0)
                + Self.trace(judged, phase: "inference", from: trained.count),
            wallSeconds: wallSeconds, machine: .current, version: version)
    }

    static func trace(_ records: [DecisionRecord], phase: String, from first: Int) -> [DarlyResult.TraceEntry] {
        records.enumerated().map { index, record in
            DarlyResult.TraceEntry(
                step: first + index, phase: phase, qosSeconds: record.targetSeconds,
                latencySeconds: record.latencySeconds, action: record.change ?? record.decision?.action ?? "none",
                random: record.decision?.isRandom ?? false, reward: record.reward)
        }
    }
}
