internal import Measures

/// A deep Q-network that learns from the steps of one environment, with the loop of Stable-Baselines3: `choose` an
/// action, let the environment take the step, `record` what came of it.
///
/// Not Sendable: it belongs to one owner at a time. It repeats from its seed bit for bit on one processor type and BLAS
/// version (`BLAS.configuration`).
public final class DQN {
    /// How many floats an observation has.
    public let observationCount: Int
    /// How many actions there are, allowed or not.
    public let actionCount: Int
    /// The parameters of the run.
    public let hyperparameters: DQNHyperparameters
    /// The length of the training in environment steps, over which epsilon and the learning rate are stretched.
    public internal(set) var totalSteps: Int
    /// Environment steps recorded in this training.
    public internal(set) var steps = 0
    /// Gradient steps taken, over all trainings.
    public internal(set) var gradientSteps = 0
    /// Times that the target network was updated, over all trainings.
    public var targetUpdates: Int { calls / hyperparameters.targetUpdateInterval }
    /// The probability of a random action now. 0 until the first step is recorded, whatever the schedule says, because
    /// Stable-Baselines3 sets it at the end of a step.
    public internal(set) var epsilon = 0.0
    /// Transitions in the replay buffer.
    public var replayCount: Int { replay.count }

    let learner: QLearner
    let replay: ReplayBuffer
    /// Steps recorded over all trainings, which time the target updates.
    var calls = 0
    var exploration, sampling: SeededRandom
    private let minibatch: Minibatch
    private let schedule: ExplorationSchedule

    /// A learner with random weights that depend on `seed` alone.
    ///
    /// - Throws: `LearningError` of code `invalidParameter` when a hyper-parameter, a size or `totalSteps` is outside
    ///   of what is allowed, or when the replay buffer needs more address space than there is.
    public init(
        observationCount: Int, actionCount: Int, hyperparameters: DQNHyperparameters, totalSteps: Int, seed: UInt64
    ) throws(LearningError) {
        try hyperparameters.validate()
        for (name, value) in [("observationCount", observationCount), ("actionCount", actionCount)]
        where !(1...DQNHyperparameters.largestLayer).contains(value) {
            throw LearningError(
                .invalidParameter, "\(name) is \(value); allowed is 1 to \(DQNHyperparameters.largestLayer).")
        }
        guard totalSteps >= 1 else {
            throw LearningError(.invalidParameter, "totalSteps is \(totalSteps); allowed is 1 or more.")
        }
        self.observationCount = observationCount
        self.actionCount = actionCount
        self.hyperparameters = hyperparameters
        self.totalSteps = totalSteps
        let layout = TransitionLayout(observationCount: observationCount, actionCount: actionCount)
        replay = try ReplayBuffer(layout: layout, capacity: hyperparameters.bufferSize)
        minibatch = Minibatch(rows: hyperparameters.batchSize, layout: layout)
        let shape = NetworkShape(inputs: observationCount, hidden: hyperparameters.hiddenSizes, outputs: actionCount)
        var weights = SeededRandom(seed: seed, stream: "learning.weights")
        learner = QLearner(shape: shape, parameters: hyperparameters, random: &weights)
        exploration = SeededRandom(seed: seed, stream: "learning.exploration")
        sampling = SeededRandom(seed: seed, stream: "learning.sampling")
        schedule = ExplorationSchedule(
            initial: hyperparameters.explorationInitialEpsilon, final: hyperparameters.explorationFinalEpsilon,
            fraction: hyperparameters.explorationFraction)
    }

    /// Begins another training of `totalSteps` with what was learnt, like a second `learn()` of Stable-Baselines3:
    /// `steps` starts again at 0; replay buffer, optimiser, target timing and the present epsilon stay.
    public func beginTraining(totalSteps: Int) {
        precondition(totalSteps >= 1, "a training has at least one step")
        self.totalSteps = totalSteps
        steps = 0
    }

    /// Takes in one step of the environment. In this order: the transition is stored, the step counted, the target
    /// network updated when its interval is full, epsilon set, and, at the end of each `trainFrequency` steps once
    /// more than `learningStarts` have passed, gradient steps taken. Returns what they did; nil when there were none.
    ///
    /// Observations, mask and action must have this learner's sizes.
    @discardableResult
    public func record(_ transition: Transition) -> TrainingReport? {
        replay.add(transition)
        steps += 1
        calls += 1
        if calls % hyperparameters.targetUpdateInterval == 0 { learner.updateTarget() }
        epsilon = schedule.epsilon(progressRemaining: progressRemaining)
        guard steps % hyperparameters.trainFrequency == 0, steps > hyperparameters.learningStarts else { return nil }
        return train(gradientSteps: hyperparameters.gradientSteps ?? hyperparameters.trainFrequency)
    }

    /// Takes `gradientSteps` gradient steps on transitions drawn from the replay buffer; nil when there are none to
    /// take or none to draw from. `record` calls this when it is due.
    @discardableResult
    public func train(gradientSteps count: Int) -> TrainingReport? {
        guard count > 0, replay.count > 0 else { return nil }
        let rate = hyperparameters.learningRate.value(progressRemaining: progressRemaining)
        var loss = 0.0
        var norm = 0.0
        for _ in 0..<count {
            replay.sample(into: minibatch, random: &sampling)
            let report = learner.step(on: minibatch, learningRate: rate)
            loss += report.loss
            norm += report.gradientNorm
        }
        gradientSteps += count
        return TrainingReport(loss: loss / Double(count), gradientNorm: norm / Double(count))
    }

    private var progressRemaining: Double {
        ExplorationSchedule.progressRemaining(steps: steps, totalSteps: totalSteps)
    }
}
