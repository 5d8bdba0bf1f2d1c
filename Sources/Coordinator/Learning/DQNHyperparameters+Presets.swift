extension DQNHyperparameters {
    /// Stable-Baselines3's own defaults.
    public static let stableBaselines3 = DQNHyperparameters()

    /// The run of Darly's authors: the values they publish, Stable-Baselines3's default where they publish none, and
    /// one gradient step per environment step as their text says.
    public static let thesis = DQNHyperparameters(
        learningRate: .constant(0.0025),
        learningStarts: 100,
        trainFrequency: 1,
        targetUpdateInterval: 60,
        explorationFraction: 0.2,
        explorationFinalEpsilon: 0.01,
        hiddenSizes: [256, 128, 64]
    )

    /// What this project uses for trainings of some hundred steps; `docs/placement.md` says how it was found.
    public static let reeve: DQNHyperparameters = {
        var parameters = thesis
        parameters.learningRate = .constant(0.001)
        parameters.bufferSize = 150
        parameters.learningStarts = 20
        parameters.gamma = 0.85
        parameters.batchSize = 64
        parameters.gradientSteps = 2
        parameters.targetUpdateInterval = 20
        parameters.explorationFraction = 0.4
        parameters.explorationFinalEpsilon = 0.08
        parameters.rewardScale = 0.1
        return parameters
    }()

    /// The names that `preset(_:)` knows, in the order in which to offer them.
    public static let presetNames = ["thesis", "reeve"]

    /// The preset called `name`, "thesis" or "reeve"; nil for any other name.
    public static func preset(_ name: String) -> DQNHyperparameters? {
        switch name {
        case "thesis": thesis
        case "reeve": reeve
        default: nil
        }
    }
}
