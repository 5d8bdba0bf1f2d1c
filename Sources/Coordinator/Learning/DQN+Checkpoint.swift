internal import Measures

extension DQN {
    /// The learner's whole state, labelled with what it was built for and the preset it was started with.
    public func checkpoint(topology: String, preset: String) -> Checkpoint {
        Checkpoint(
            topology: topology, preset: preset, hyperparameters: hyperparameters, observationCount: observationCount,
            actionCount: actionCount, totalSteps: totalSteps, steps: steps, calls: calls, gradientSteps: gradientSteps,
            epsilon: epsilon, exploration: exploration.words, sampling: sampling.words,
            optimizerSteps: learner.optimizer.steps, online: learner.online.parameters.array,
            target: learner.target.parameters.array, firstMoments: learner.optimizer.firstMoments.array,
            secondMoments: learner.optimizer.secondMoments.array, replayPosition: replay.position,
            replayIsFull: replay.isFull, replay: replay.contents)
    }

    /// A learner that continues where `checkpoint` was taken.
    ///
    /// - Throws: `LearningError` of code `topologyMismatch` when it was taken for another topology, `corrupted` when
    ///   its content does not hold together, `invalidParameter` when the replay buffer needs more address space than
    ///   there is.
    public convenience init(restoring checkpoint: Checkpoint, topology: String) throws(LearningError) {
        guard checkpoint.topology == topology else {
            throw LearningError(
                .topologyMismatch,
                "The checkpoint was taken for the topology \"\(checkpoint.topology)\" and cannot serve \"\(topology)\";"
                    + " use the same topology, or start without the checkpoint.")
        }
        try checkpoint.validate()
        guard let exploration = SeededRandom(words: checkpoint.exploration),
            let sampling = SeededRandom(words: checkpoint.sampling)
        else { throw LearningError(.corrupted, "The checkpoint's random state is not one of the generator.") }
        // The seed is of no consequence: everything that it shaped is replaced below.
        try self.init(
            observationCount: checkpoint.observationCount, actionCount: checkpoint.actionCount,
            hyperparameters: checkpoint.hyperparameters, totalSteps: checkpoint.totalSteps, seed: 0)
        self.exploration = exploration
        self.sampling = sampling
        steps = checkpoint.steps
        calls = checkpoint.calls
        gradientSteps = checkpoint.gradientSteps
        epsilon = checkpoint.epsilon
        learner.optimizer.steps = checkpoint.optimizerSteps
        learner.online.parameters.copy(from: checkpoint.online)
        learner.target.parameters.copy(from: checkpoint.target)
        learner.optimizer.firstMoments.copy(from: checkpoint.firstMoments)
        learner.optimizer.secondMoments.copy(from: checkpoint.secondMoments)
        replay.restore(checkpoint.replay, position: checkpoint.replayPosition, isFull: checkpoint.replayIsFull)
    }
}
