/// Everything that shapes a PPO run (Schulman et al., arXiv:1707.06347, 2017). The defaults are those of the published
/// Freyr agent (WWW 2022), whose one update per episode takes all decisions at once.
public struct PPOHyperparameters: Sendable, Hashable, Codable {
    /// Which rows of a decision the critic's value is the mean of.
    public enum CriticRows: String, Sendable, Hashable, Codable {
        /// All candidates, allowed or not, as the published agent does.
        case all
        /// The allowed candidates.
        case allowed
    }

    /// The step size of AdamW.
    public var learningRate: Double
    /// Discount of later rewards, in [0, 1].
    public var gamma: Double
    /// How far the probability ratio may move in one update before the gradient stops, above 0.
    public var clip: Double
    /// Passes over the decisions in one update (K).
    public var passes: Int
    /// Decisions in one gradient step; nil means all of the update.
    public var minibatchSize: Int?
    /// Weight of the critic's loss.
    public var valueCoefficient: Double
    /// Weight of the mean entropy, which is rewarded.
    public var entropyCoefficient: Double
    /// AdamW's weight decay.
    public var weightDecay: Double
    /// Decay of AdamW's first moment, in [0, 1).
    public var adamBeta1: Double
    /// Decay of AdamW's second moment, in [0, 1).
    public var adamBeta2: Double
    /// Added to the root of AdamW's corrected second moment; positive.
    public var adamEpsilon: Double
    /// Units of the hidden layers of actor and critic, each followed by tanh.
    public var hiddenSizes: [Int]
    /// The rows that the critic averages.
    public var criticRows: CriticRows
    /// Whether the advantages of an update are brought to mean 0 and deviation 1. Not in the published agent.
    public var normalizesAdvantages: Bool

    /// A run with the given parameters, those of the published agent where nothing is given. Not checked: `validate()`
    /// does that, and `PPO` calls it.
    public init(
        learningRate: Double = 1e-3,
        gamma: Double = 1,
        clip: Double = 0.2,
        passes: Int = 4,
        minibatchSize: Int? = nil,
        valueCoefficient: Double = 0.5,
        entropyCoefficient: Double = 0.01,
        weightDecay: Double = 0.01,
        adamBeta1: Double = 0.9,
        adamBeta2: Double = 0.999,
        adamEpsilon: Double = 1e-8,
        hiddenSizes: [Int] = [32, 16],
        criticRows: CriticRows = .all,
        normalizesAdvantages: Bool = false
    ) {
        self.learningRate = learningRate
        self.gamma = gamma
        self.clip = clip
        self.passes = passes
        self.minibatchSize = minibatchSize
        self.valueCoefficient = valueCoefficient
        self.entropyCoefficient = entropyCoefficient
        self.weightDecay = weightDecay
        self.adamBeta1 = adamBeta1
        self.adamBeta2 = adamBeta2
        self.adamEpsilon = adamEpsilon
        self.hiddenSizes = hiddenSizes
        self.criticRows = criticRows
        self.normalizesAdvantages = normalizesAdvantages
    }

    /// Throws `LearningError` of code `invalidParameter` that names the first parameter outside of its range, its value
    /// and the range.
    public func validate() throws(LearningError) {
        try require("learningRate", learningRate, "a finite number above 0") { $0.isFinite && $0 > 0 }
        try require("gamma", gamma, "0 to 1") { $0 >= 0 && $0 <= 1 }
        try require("clip", clip, "above 0 and below 1") { $0 > 0 && $0 < 1 }
        try require("passes", passes, "1 to 1000") { (1...1000).contains($0) }
        if let minibatchSize {
            try require("minibatchSize", minibatchSize, "absent, or 1 to \(Self.largestBatch)") {
                (1...Self.largestBatch).contains($0)
            }
        }
        for (name, value) in [
            ("valueCoefficient", valueCoefficient), ("entropyCoefficient", entropyCoefficient),
            ("weightDecay", weightDecay),
        ] {
            try require(name, value, "a finite number, 0 or more") { $0.isFinite && $0 >= 0 }
        }
        try require("adamBeta1", adamBeta1, "0 or more and below 1") { $0 >= 0 && $0 < 1 }
        try require("adamBeta2", adamBeta2, "0 or more and below 1") { $0 >= 0 && $0 < 1 }
        try require("adamEpsilon", adamEpsilon, "1e-20 or more and finite") { $0 >= 1e-20 && $0.isFinite }
        try require("hiddenSizes", hiddenSizes, "at most 16 sizes of 1 to \(Self.largestLayer)") { sizes in
            sizes.count <= 16 && sizes.allSatisfy { (1...Self.largestLayer).contains($0) }
        }
    }

    static let largestBatch = 1 << 20
    static let largestLayer = 4096

    private func require<Value>(
        _ name: String, _ value: Value, _ allowed: String, _ holds: (Value) -> Bool
    ) throws(LearningError) {
        if !holds(value) {
            throw LearningError(.invalidParameter, "The hyper-parameter \(name) is \(value); allowed is \(allowed).")
        }
    }
}
