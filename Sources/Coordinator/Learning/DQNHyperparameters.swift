/// Everything that shapes a DQN run. Names and defaults are those of Stable-Baselines3 2.9 (Raffin et al., JMLR
/// 22(268), 2021), so that `DQNHyperparameters()` is its DQN as it comes; `docs/dqn.md` lists what is left out and
/// why.
public struct DQNHyperparameters: Sendable, Hashable, Codable {
    /// The step size of Adam.
    public var learningRate: LearningRate
    /// Transitions that the replay buffer holds before the oldest is overwritten.
    public var bufferSize: Int
    /// Environment steps with uniformly random actions before the network is asked, and before the first gradient step.
    public var learningStarts: Int
    /// Transitions in one gradient step, drawn uniformly with replacement.
    public var batchSize: Int
    /// Share of the online network in each target update, in (0, 1]; 1 is a plain copy.
    public var tau: Double
    /// Discount of the next state's value, in [0, 1].
    public var gamma: Double
    /// Environment steps between two rounds of gradient steps.
    public var trainFrequency: Int
    /// Gradient steps in one round; nil means as many as the environment steps just collected (-1 in
    /// Stable-Baselines3), 0 means never.
    public var gradientSteps: Int?
    /// Environment steps between two updates of the target network.
    public var targetUpdateInterval: Int
    /// Share of the training over which epsilon falls linearly, in (0, 1].
    public var explorationFraction: Double
    /// Probability of a random action at the beginning.
    public var explorationInitialEpsilon: Double
    /// Probability of a random action after `explorationFraction` of the training.
    public var explorationFinalEpsilon: Double
    /// Limit of the gradient's global L2 norm.
    public var maximumGradientNorm: Double
    /// Units of the hidden layers from input to output; each is followed by a ReLU.
    public var hiddenSizes: [Int]
    /// Decay of Adam's first moment (Kingma and Ba, ICLR 2015), in [0, 1).
    public var adamBeta1: Double
    /// Decay of Adam's second moment, in [0, 1).
    public var adamBeta2: Double
    /// Added to the root of Adam's corrected second moment; positive.
    public var adamEpsilon: Double
    /// Whether the online network picks the action whose target value is used (van Hasselt et al., AAAI 2016). Not in
    /// Stable-Baselines3.
    public var doubleDQN: Bool
    /// Factor on each reward as the loss sees it; the replay buffer keeps the raw one. Not in Stable-Baselines3, where
    /// it is 1.
    public var rewardScale: Double

    /// A run with the given parameters, those of Stable-Baselines3 where nothing is given. Not checked: `validate()`
    /// does that, and `DQN` calls it.
    public init(
        learningRate: LearningRate = .constant(1e-4),
        bufferSize: Int = 1_000_000,
        learningStarts: Int = 100,
        batchSize: Int = 32,
        tau: Double = 1,
        gamma: Double = 0.99,
        trainFrequency: Int = 4,
        gradientSteps: Int? = 1,
        targetUpdateInterval: Int = 10_000,
        explorationFraction: Double = 0.1,
        explorationInitialEpsilon: Double = 1,
        explorationFinalEpsilon: Double = 0.05,
        maximumGradientNorm: Double = 10,
        hiddenSizes: [Int] = [64, 64],
        adamBeta1: Double = 0.9,
        adamBeta2: Double = 0.999,
        adamEpsilon: Double = 1e-8,
        doubleDQN: Bool = false,
        rewardScale: Double = 1
    ) {
        self.learningRate = learningRate
        self.bufferSize = bufferSize
        self.learningStarts = learningStarts
        self.batchSize = batchSize
        self.tau = tau
        self.gamma = gamma
        self.trainFrequency = trainFrequency
        self.gradientSteps = gradientSteps
        self.targetUpdateInterval = targetUpdateInterval
        self.explorationFraction = explorationFraction
        self.explorationInitialEpsilon = explorationInitialEpsilon
        self.explorationFinalEpsilon = explorationFinalEpsilon
        self.maximumGradientNorm = maximumGradientNorm
        self.hiddenSizes = hiddenSizes
        self.adamBeta1 = adamBeta1
        self.adamBeta2 = adamBeta2
        self.adamEpsilon = adamEpsilon
        self.doubleDQN = doubleDQN
        self.rewardScale = rewardScale
    }
}
