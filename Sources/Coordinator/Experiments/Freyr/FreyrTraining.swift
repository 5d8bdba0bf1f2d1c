internal import FaaSSimulation
public import Harvesting
public import Learning

/// The training of Freyr's policy on the simulator.
public struct FreyrTraining: Sendable {
    /// What it is trained on.
    public var setting: FreyrSetting
    /// Decides every random number.
    public var seed: UInt64
    /// How often the trace is run through, each time with demands, users' amounts and arrivals of their own.
    public var episodes: Int
    /// Decisions between two updates.
    public var rolloutLength: Int
    /// How it learns.
    public var hyperparameters: PPOHyperparameters
    /// What it is rewarded for.
    public var reward: FreyrReward

    /// How often the shipped policy's training has run through its trace.
    public static let defaultEpisodes = 80

    /// The training this project ships the result of; `docs/freyr.md` says how its parameters were found.
    public init(
        setting: FreyrSetting, seed: UInt64, episodes: Int = FreyrTraining.defaultEpisodes, rolloutLength: Int = 4_096,
        hyperparameters: PPOHyperparameters = FreyrLearner.hyperparameters, reward: FreyrReward = FreyrReward()
    ) {
        self.setting = setting
        self.seed = seed
        self.episodes = episodes
        self.rolloutLength = rolloutLength
        self.hyperparameters = hyperparameters
        self.reward = reward
    }

    /// The seed of the workload of `episode`: from 1000 on, so that no training sees what the seeds below judge on.
    func workloadSeed(episode: Int) -> UInt64 { (seed &+ 1) &* 1_000 &+ UInt64(episode) }

    /// Trains from random weights; `progress` is told how many episodes are done. The result's origin says `command`.
    ///
    /// - Throws: `FaaSError` when the trace makes no workload, `LearningError` when a parameter is outside of what is
    ///   allowed.
    public func run(command: String, progress: (Int) -> Void = { _ in }) throws -> TrainedPolicy {
        let learner = try FreyrLearner(hyperparameters: hyperparameters, seed: seed)
        for episode in 0..<episodes {
            progress(episode)
            let workloadSeed = workloadSeed(episode: episode)
            let workload = try setting.workload(seed: workloadSeed)
            var cluster = try setting.cluster(for: workload)
            var trainee = FreyrTrainee(
                learner: learner, inputs: setting.inputs, reward: reward, rolloutLength: rolloutLength,
                seed: workloadSeed)
            var stream = workload.stream()
            var sink = DiscardedRecords()
            cluster.serve(&stream, manager: &trainee, sink: &sink)
        }
        return TrainedPolicy(
            policy: learner.policy, seed: seed, input: "\(setting.name), \(episodes) episodes", command: command)
    }
}
