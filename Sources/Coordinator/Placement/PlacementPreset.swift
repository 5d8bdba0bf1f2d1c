public import Learning

/// Everything that shapes a learned scheduler beside the topology, by one name.
public struct PlacementPreset: Sendable, Hashable, Codable {
    /// The name under which it is asked for.
    public let name: String
    /// How the learner learns.
    public var hyperparameters: DQNHyperparameters
    /// What the learner may choose.
    public var maskRule: MaskRule
    /// What it is rewarded for.
    public var reward: Reward

    /// A preset as described.
    public init(name: String, hyperparameters: DQNHyperparameters, maskRule: MaskRule, reward: Reward = Reward()) {
        self.name = name
        self.hyperparameters = hyperparameters
        self.maskRule = maskRule
        self.reward = reward
    }

    /// As published: nothing is masked but what may do harm.
    public static let thesis = PlacementPreset(name: "thesis", hyperparameters: .thesis, maskRule: .unknownNodes)
    /// What this project uses; `docs/placement.md` says how it was found.
    public static let reeve = PlacementPreset(name: "reeve", hyperparameters: .reeve, maskRule: .withoutEffect)
    /// For trainings of tens of thousands of steps: a longer memory, a slower target, a learning rate
    /// that ends low, and a gradient step every fourth step; `docs/placement.md` says how it was found.
    public static let reeveLong: PlacementPreset = {
        var preset = PlacementPreset(name: "reeve-long", hyperparameters: .thesis, maskRule: .withoutEffect)
        preset.hyperparameters.doubleDQN = true
        preset.hyperparameters.rewardScale = 0.1
        preset.hyperparameters.learningRate = .linear(initial: 0.001, final: 0.00005)
        preset.hyperparameters.bufferSize = 40_000
        preset.hyperparameters.learningStarts = 2000
        preset.hyperparameters.batchSize = 64
        preset.hyperparameters.gamma = 0.6
        preset.hyperparameters.trainFrequency = 4
        preset.hyperparameters.gradientSteps = 1
        preset.hyperparameters.targetUpdateInterval = 400
        preset.hyperparameters.explorationFraction = 0.4
        preset.hyperparameters.explorationFinalEpsilon = 0.05
        return preset
    }()

    /// The presets there are, in the order in which to offer them.
    public static let all = [thesis, reeve, reeveLong]

    /// The preset called `name`; nil when there is none.
    public static func named(_ name: String) -> PlacementPreset? { all.first { $0.name == name } }
}
