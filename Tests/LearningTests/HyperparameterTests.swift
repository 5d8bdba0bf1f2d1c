import Testing

@testable import Learning

@Suite("Hyper-parameters")
struct HyperparameterTests {
    @Test("presets hold, and are found by name")
    func presets() throws {
        for parameters in [DQNHyperparameters.stableBaselines3, .thesis, .reeve] { try parameters.validate() }
        for name in DQNHyperparameters.presetNames { #expect(DQNHyperparameters.preset(name) != nil) }
        #expect(DQNHyperparameters.preset("thesis") == .thesis)
        #expect(DQNHyperparameters.preset("reeve") == .reeve)
        #expect(DQNHyperparameters.preset("Thesis") == nil)
        let thesis = DQNHyperparameters.thesis
        #expect(thesis.learningRate == .constant(0.0025) && thesis.hiddenSizes == [256, 128, 64])
        #expect(thesis.trainFrequency == 1 && thesis.learningStarts == 100 && thesis.targetUpdateInterval == 60)
        #expect(!thesis.doubleDQN && thesis.rewardScale == 1)
    }

    private static let wrong: [(String, @Sendable (inout DQNHyperparameters) -> Void)] = [
        ("learningRate", { $0.learningRate = .constant(0) }),
        ("learningRate", { $0.learningRate = .linear(initial: 1, final: .nan) }),
        ("bufferSize", { $0.bufferSize = 0 }),
        ("learningStarts", { $0.learningStarts = -1 }),
        ("batchSize", { $0.batchSize = 0 }),
        ("tau", { $0.tau = 0 }),
        ("tau", { $0.tau = 1.5 }),
        ("gamma", { $0.gamma = .nan }),
        ("gamma", { $0.gamma = 1.01 }),
        ("trainFrequency", { $0.trainFrequency = 0 }),
        ("gradientSteps", { $0.gradientSteps = -1 }),
        ("targetUpdateInterval", { $0.targetUpdateInterval = 0 }),
        ("explorationFraction", { $0.explorationFraction = 0 }),
        ("explorationInitialEpsilon", { $0.explorationInitialEpsilon = 2 }),
        ("explorationFinalEpsilon", { $0.explorationFinalEpsilon = -0.1 }),
        ("maximumGradientNorm", { $0.maximumGradientNorm = 0 }),
        ("hiddenSizes", { $0.hiddenSizes = [64, 0] }),
        ("adamBeta1", { $0.adamBeta1 = 1 }),
        ("adamBeta2", { $0.adamBeta2 = -0.5 }),
        ("adamEpsilon", { $0.adamEpsilon = 0 }),
        ("rewardScale", { $0.rewardScale = .infinity }),
    ]

    @Test("a value outside of its range is refused by name", arguments: wrong.indices)
    func refuses(index: Int) {
        let (name, change) = Self.wrong[index]
        var parameters = DQNHyperparameters.thesis
        change(&parameters)
        #expect(performing: { try parameters.validate() }, throws: { error in
            guard let error = error as? LearningError else { return false }
            return error.code == .invalidParameter && error.description.contains(" \(name) is ")
        })
        #expect(throws: LearningError.self) {
            try DQN(observationCount: 1, actionCount: 1, hyperparameters: parameters, totalSteps: 1, seed: 1)
        }
    }

    @Test("sizes and lengths that cannot be are refused", arguments: [(0, 1, 1), (1, 0, 1), (1, 1, 0), (1 << 17, 1, 1)])
    func sizes(observationCount: Int, actionCount: Int, totalSteps: Int) {
        #expect(throws: LearningError.self) {
            try DQN(
                observationCount: observationCount, actionCount: actionCount, hyperparameters: .thesis,
                totalSteps: totalSteps, seed: 1)
        }
    }

    @Test("a linear learning rate falls with progress and stays at its last value")
    func linear() {
        let rate = LearningRate.linear(initial: 3, final: 1)
        #expect([1, 0.5, 0, -0.5].map { rate.value(progressRemaining: $0) } == [3, 2, 1, 1])
        #expect(LearningRate.constant(2).value(progressRemaining: 0.3) == 2)
    }
}
