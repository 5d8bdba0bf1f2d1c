import Learning
import Measures

/// A row of cells with a reward of 1 for stepping out at the right end; action 0 goes left, 1 right, and 2, forbidden
/// everywhere, would stay.
struct Corridor {
    let length: Int
    var cell = 0
    static let allowed = ActionMask(allowed: [true, true, false])

    init(length: Int) { self.length = length }

    var observation: [Float] { Self.observation(cell, length) }

    static func observation(_ cell: Int, _ length: Int) -> [Float] { (0..<length).map { $0 == cell ? 1 : 0 } }

    /// Takes the step and returns what a learner records; a new episode begins after the end.
    mutating func step(_ action: Int) -> Transition {
        let before = observation
        cell = action == 1 ? cell + 1 : max(0, cell - 1)
        let ended = cell == length
        let transition = Transition(
            observation: before, action: action, reward: ended ? 1 : 0,
            nextObservation: Self.observation(min(cell, length - 1), length), nextAllowed: Self.allowed,
            isTerminal: ended)
        if ended { cell = 0 }
        return transition
    }

    static func learner(
        length: Int, steps: Int, seed: UInt64, change: (inout DQNHyperparameters) -> Void = { _ in }
    ) throws -> DQN {
        var parameters = DQNHyperparameters(
            learningRate: .constant(0.005), bufferSize: 500, learningStarts: 50, batchSize: 16, gamma: 0.9,
            trainFrequency: 1, targetUpdateInterval: 50, explorationFraction: 0.5, hiddenSizes: [16])
        change(&parameters)
        return try DQN(
            observationCount: length, actionCount: 3, hyperparameters: parameters, totalSteps: steps, seed: seed)
    }
}
