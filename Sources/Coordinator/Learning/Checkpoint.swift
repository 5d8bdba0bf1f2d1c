/// Everything that a DQN needs to continue as if it had never stopped, bit for bit.
public struct Checkpoint: Sendable, Equatable {
    /// What the learner was built for, in words of the caller's choice; `DQN.init(restoring:topology:)` refuses
    /// another.
    public let topology: String
    /// The name of the preset that the run was started with.
    public let preset: String
    /// The parameters of the run.
    public let hyperparameters: DQNHyperparameters
    /// Floats in an observation, and actions.
    public let observationCount, actionCount: Int
    /// Length of the training, steps recorded in it, steps recorded over all trainings, and gradient steps, all in
    /// steps.
    public let totalSteps, steps, calls, gradientSteps: Int
    /// The probability of a random action.
    public let epsilon: Double
    /// State of the random sources for exploration and for sampling (`SeededRandom.words`).
    let exploration, sampling: [UInt64]
    /// Adam's step counter.
    let optimizerSteps: Int
    /// Parameters of both networks and Adam's moments, in the layout of `NetworkShape`.
    let online, target, firstMoments, secondMoments: [Float]
    /// The replay buffer: next slot, whether it has wrapped, and the slots that hold transitions.
    let replayPosition: Int
    let replayIsFull: Bool
    let replay: [UInt8]

    /// How many transitions the replay buffer holds.
    public var replayCount: Int { replayIsFull ? hyperparameters.bufferSize : replayPosition }

    var shape: NetworkShape {
        NetworkShape(inputs: observationCount, hidden: hyperparameters.hiddenSizes, outputs: actionCount)
    }

    var layout: TransitionLayout { TransitionLayout(observationCount: observationCount, actionCount: actionCount) }
}
