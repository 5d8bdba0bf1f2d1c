/// How the observations and actions of one learner come about from those of another.
public struct LearnerReshaping: Sendable, Hashable {
    /// For each entry of the new observations, the entries of the old ones whose weights it takes the mean of; with none
    /// it has no influence at first.
    public var observationSources: [[Int]]
    /// For each new action, the old ones whose values it takes the mean of; with none its value is 0 at first.
    public var actionSources: [[Int]]

    /// A reshaping as described. Neither list may be empty.
    public init(observationSources: [[Int]], actionSources: [[Int]]) {
        self.observationSources = observationSources
        self.actionSources = actionSources
    }
}

extension Checkpoint {
    /// The same learner with other observations and actions, labelled `topology`.
    ///
    /// The first layer's columns and the last layer's rows and biases are the means of their sources', in both networks
    /// and in the optimiser's moments alike; everything between them, counters, schedule and random sources stay. Every
    /// transition of the replay buffer, from the oldest to the newest, becomes what `translate` makes of it, in the new
    /// sizes, or is dropped where that is nil.
    ///
    /// - Throws: `LearningError` of code `corrupted` when the checkpoint does not hold together, `invalidParameter` when
    ///   a source is not one of the learner's entries, or the replay buffer needs more address space than there is.
    public func reshaped(
        _ reshaping: LearnerReshaping, topology: String, translate: (Transition) -> Transition?
    ) throws(LearningError) -> Checkpoint {
        try validate()
        try Self.check(reshaping.observationSources, below: observationCount, "observation")
        try Self.check(reshaping.actionSources, below: actionCount, "action")
        let newLayout = TransitionLayout(
            observationCount: reshaping.observationSources.count, actionCount: reshaping.actionSources.count)
        let buffer = try ReplayBuffer(layout: newLayout, capacity: hyperparameters.bufferSize)
        for transition in transitions() {
            if let translated = translate(transition) { buffer.add(translated) }
        }
        return Checkpoint(
            topology: topology, preset: preset, hyperparameters: hyperparameters,
            observationCount: newLayout.observationCount, actionCount: newLayout.actionCount, totalSteps: totalSteps,
            steps: steps, calls: calls, gradientSteps: gradientSteps, epsilon: epsilon, exploration: exploration,
            sampling: sampling, optimizerSteps: optimizerSteps, online: reshape(online, reshaping),
            target: reshape(target, reshaping), firstMoments: reshape(firstMoments, reshaping),
            secondMoments: reshape(secondMoments, reshaping), replayPosition: buffer.position,
            replayIsFull: buffer.isFull, replay: buffer.contents)
    }

    private static func check(_ sources: [[Int]], below count: Int, _ what: String) throws(LearningError) {
        guard !sources.isEmpty, sources.allSatisfy({ $0.allSatisfy((0..<count).contains) }) else {
            throw LearningError(
                .invalidParameter,
                "A learner of \(count) \(what) entries is reshaped from entries 0 to \(count - 1) into at least one.")
        }
    }

    /// `values`, one to each parameter of the network, for the new network.
    private func reshape(_ values: [Float], _ reshaping: LearnerReshaping) -> [Float] {
        let layers = shape.layers
        var result: [Float] = []
        for (index, layer) in layers.enumerated() {
            let inputs = index == 0 ? reshaping.observationSources : (0..<layer.inputs).map { [$0] }
            let outputs = index == layers.count - 1 ? reshaping.actionSources : (0..<layer.outputs).map { [$0] }
            for rows in outputs {
                for columns in inputs {
                    result.append(
                        Self.mean(rows.flatMap { row in
                            columns.map { column in values[layer.weights + row * layer.inputs + column] }
                        }))
                }
            }
            for rows in outputs { result.append(Self.mean(rows.map { values[layer.bias + $0] })) }
        }
        return result
    }

    private static func mean(_ values: [Float]) -> Float {
        values.isEmpty ? 0 : values.reduce(0, +) / Float(values.count)
    }

    /// The transitions of the replay buffer, the oldest first.
    private func transitions() -> [Transition] {
        let count = replayCount
        let first = replayIsFull ? replayPosition : 0
        return replay.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return [] }
            return (0..<count).map { layout.transition(at: base + (first + $0) % count * layout.stride) }
        }
    }
}

extension TransitionLayout {
    /// The transition in the valid slot at `slot`.
    fileprivate func transition(at slot: UnsafeRawPointer) -> Transition {
        let flags = slot.load(fromByteOffset: flags, as: UInt32.self)
        func floats(at offset: Int) -> [Float] {
            (0..<observationCount).map { slot.load(fromByteOffset: offset + $0 * 4, as: Float.self) }
        }
        return Transition(
            observation: floats(at: observation), action: Int(slot.load(fromByteOffset: action, as: Int32.self)),
            reward: Double(slot.load(fromByteOffset: reward, as: Float.self)),
            nextObservation: floats(at: nextObservation),
            nextAllowed: ActionMask(
                allowed: (0..<actionCount).map { action in
                    slot.load(fromByteOffset: action >> 6 * 8, as: UInt64.self) >> UInt64(action & 63) & 1 == 1
                }),
            isTerminal: flags & Self.terminalFlag != 0, isTimeout: flags & Self.timeoutFlag != 0)
    }
}
