public import Placement
import Reports

/// What a demo shows.
public struct DemoSettings: Sendable {
    /// The schedulers, in the order in which they run.
    public var schedulers: [Scheduler]
    /// How the learners learn.
    public var preset: PlacementPreset
    /// Decides every random number of the learners, the latencies' noise and the counters' noise.
    public var seed: UInt64
    /// By how much settle time and workflow latency are shortened; hardware runs in real time.
    public var compression: Double
    /// Requests of each training.
    public var trainingSteps: Int
    /// Requests of each frozen inference.
    public var inferenceSteps: Int
    /// The two latency targets.
    public var targets: DarlyTargets
    /// Seeds of the same experiment in process, for the spread; empty for none.
    public var comparisonSeeds: [UInt64]

    /// The compression as people write it, with no more digits than it has.
    var compressionText: String {
        compression == compression.rounded() ? NumberText.fixed(compression, decimals: 0) : "\(compression)"
    }

    /// The schedulers that a demo can run: those that a live coordinator can, which excludes hindsight.
    public static let possibleSchedulers = Scheduler.allCases.filter { $0 != .static }
    /// The thesis' four learners and its baseline.
    public static let thesisSchedulers: [Scheduler] = [.fullmap, .custom, .kubernetes, .oracle, .native]
    /// Milliseconds between two samples of an agent.
    public static let agentIntervalMilliseconds = 10

    /// Settings as given; counts and compression must be positive.
    public init(
        schedulers: [Scheduler] = DemoSettings.thesisSchedulers, preset: PlacementPreset = .reeve, seed: UInt64 = 1,
        compression: Double = 20_000, trainingSteps: Int = DarlyExperiment.thesisTrainingSteps,
        inferenceSteps: Int = DarlyScenario.thesis.inferenceSteps, targets: DarlyTargets = .thesis,
        comparisonSeeds: [UInt64] = []
    ) {
        precondition(compression > 0 && trainingSteps > 0 && inferenceSteps > 0, "a demo has steps and takes time")
        self.schedulers = schedulers
        self.preset = preset
        self.seed = seed
        self.compression = compression
        self.trainingSteps = trainingSteps
        self.inferenceSteps = inferenceSteps
        self.targets = targets
        self.comparisonSeeds = comparisonSeeds
    }
}
