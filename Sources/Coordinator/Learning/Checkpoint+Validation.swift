extension Checkpoint {
    /// Throws `LearningError` of code `corrupted` unless all parts fit each other, so that restoring cannot trap.
    func validate() throws(LearningError) {
        do {
            try hyperparameters.validate()
        } catch {
            throw LearningError(.corrupted, "The checkpoint's parameters cannot be: \(error.description)")
        }
        let sizes = 1...DQNHyperparameters.largestLayer
        try require(sizes.contains(observationCount) && sizes.contains(actionCount), "network size")
        // Doubles count exactly up to 2^53; beyond, progress would stand still.
        for counter in [totalSteps, steps, calls, gradientSteps, optimizerSteps] {
            try require((0...1 << 53).contains(counter), "counters")
        }
        try require(totalSteps >= 1 && calls >= steps, "step counters")
        try require(epsilon >= 0 && epsilon <= 1, "epsilon")
        let count = shape.parameterCount
        for values in [online, target, firstMoments, secondMoments] {
            try require(values.count == count, "number of network parameters")
        }
        try require((0..<hyperparameters.bufferSize).contains(replayPosition), "replay position")
        try require(replay.count == replayCount * layout.stride, "number of replay bytes")
        try require(ReplayBuffer.isValid(replay, layout: layout), "replay content")
    }

    private func require(_ holds: Bool, _ part: String) throws(LearningError) {
        if !holds { throw LearningError(.corrupted, "The checkpoint's \(part) does not fit the rest of it.") }
    }
}
