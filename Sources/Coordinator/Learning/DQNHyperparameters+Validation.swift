extension DQNHyperparameters {
    /// Throws `LearningError` of code `invalidParameter` that names the first parameter outside of its range, its value
    /// and the range.
    public func validate() throws(LearningError) {
        for rate in learningRate.extremes {
            try require("learningRate", rate, "a finite number above 0") { $0.isFinite && $0 > 0 }
        }
        try require("bufferSize", bufferSize, "1 to \(Self.largestBuffer)") { (1...Self.largestBuffer).contains($0) }
        try require("learningStarts", learningStarts, "0 or more") { $0 >= 0 }
        try require("batchSize", batchSize, "1 to \(Self.largestBatch)") { (1...Self.largestBatch).contains($0) }
        try require("tau", tau, "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
        try require("gamma", gamma, "0 to 1") { $0 >= 0 && $0 <= 1 }
        try require("trainFrequency", trainFrequency, "1 or more") { $0 >= 1 }
        if let gradientSteps { try require("gradientSteps", gradientSteps, "absent, or 0 or more") { $0 >= 0 } }
        try require("targetUpdateInterval", targetUpdateInterval, "1 or more") { $0 >= 1 }
        try require("explorationFraction", explorationFraction, "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
        try require("explorationInitialEpsilon", explorationInitialEpsilon, "0 to 1") { $0 >= 0 && $0 <= 1 }
        try require("explorationFinalEpsilon", explorationFinalEpsilon, "0 to 1") { $0 >= 0 && $0 <= 1 }
        try require("maximumGradientNorm", maximumGradientNorm, "above 0") { $0 > 0 }
        try require("hiddenSizes", hiddenSizes, "at most 16 sizes of 1 to \(Self.largestLayer)") { sizes in
            sizes.count <= 16 && sizes.allSatisfy { (1...Self.largestLayer).contains($0) }
        }
        try require("adamBeta1", adamBeta1, "0 or more and below 1") { $0 >= 0 && $0 < 1 }
        try require("adamBeta2", adamBeta2, "0 or more and below 1") { $0 >= 0 && $0 < 1 }
        // As a Float it must not vanish: 0/0 would follow for a parameter that never had a gradient.
        try require("adamEpsilon", adamEpsilon, "1e-20 or more and finite") { $0 >= 1e-20 && $0.isFinite }
        try require("rewardScale", rewardScale, "a finite number above 0") { $0.isFinite && $0 > 0 }
    }

    // Far above any use, low enough that no product of two of them overflows.
    static let largestBuffer = 1 << 30
    static let largestBatch = 1 << 16
    static let largestLayer = 1 << 16

    private func require<Value>(
        _ name: String, _ value: Value, _ allowed: String, _ holds: (Value) -> Bool
    ) throws(LearningError) {
        if !holds(value) {
            throw LearningError(.invalidParameter, "The hyper-parameter \(name) is \(value); allowed is \(allowed).")
        }
    }
}
