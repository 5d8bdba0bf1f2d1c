internal import Measures

/// The numeric core of DQN: an online and a target network, the optimiser, and one gradient step on a given minibatch.
/// Everything it needs is allocated once; neither asking for values nor a gradient step allocates.
final class QLearner {
    let online: Network
    let target: Network
    let optimizer: Adam
    let gradients: FloatBuffer
    private let parameters: DQNHyperparameters
    /// Outputs per layer for one observation, for online and target nets over a minibatch, and dL/d(output) per layer.
    private let single, onlineActivations, targetActivations, deltas: [FloatBuffer]

    /// A learner whose online network starts at random and whose target is a copy of it. `parameters` must be valid.
    init(shape: NetworkShape, parameters: DQNHyperparameters, random: inout SeededRandom) {
        self.parameters = parameters
        online = Network(shape: shape, random: &random)
        target = Network(shape: shape)
        target.parameters.copy(from: online.parameters)
        optimizer = Adam(
            count: shape.parameterCount, beta1: parameters.adamBeta1, beta2: parameters.adamBeta2,
            epsilon: parameters.adamEpsilon)
        gradients = FloatBuffer(count: shape.parameterCount)
        func buffers(rows: Int) -> [FloatBuffer] { shape.layers.map { FloatBuffer(count: rows * $0.outputs) } }
        single = buffers(rows: 1)
        onlineActivations = buffers(rows: (parameters.doubleDQN ? 2 : 1) * parameters.batchSize)
        targetActivations = buffers(rows: parameters.batchSize)
        deltas = buffers(rows: parameters.batchSize)
    }

    /// The online network's value of every action for one observation of the network's size; valid until the next call.
    func values(of observation: UnsafePointer<Float>) -> UnsafeBufferPointer<Float> {
        online.forward(observation, into: single)
        return UnsafeBufferPointer(start: single[single.count - 1].base, count: online.shape.outputs)
    }

    /// Moves the target network towards the online one by tau.
    func updateTarget() {
        if parameters.tau == 1 {
            target.parameters.copy(from: online.parameters)
        } else {
            mix(
                online.parameters.base, into: target.parameters.base, tau: Float(parameters.tau),
                count: online.parameters.count)
        }
    }

    /// One gradient step on `minibatch`, of `batchSize` rows.
    func step(on minibatch: Minibatch, learningRate: Double) -> TrainingReport {
        let loss = computeGradients(on: minibatch)
        let norm = gradientNorm()
        // The small constant and the order are those of PyTorch's clip_grad_norm_. A NaN norm keeps its factor NaN.
        let factor = Float(parameters.maximumGradientNorm) / (norm + 1e-6)
        optimizer.step(
            online.parameters.base, gradients: gradients.base, gradientScale: factor > 1 ? 1 : factor,
            learningRate: learningRate)
        return TrainingReport(loss: Double(loss), gradientNorm: Double(norm))
    }

    /// Leaves dL/d(parameter) in `gradients` and returns the loss L, the mean Huber loss of Q(s, a) against the target
    /// r + (1 - d) gamma Qtarget(s', a'), where a' is the best allowed action by the target network or, in Double DQN,
    /// by the online one.
    func computeGradients(on minibatch: Minibatch) -> Float {
        let rows = minibatch.rows
        let actionCount = online.shape.outputs
        let last = deltas.count - 1
        target.forward(minibatch.nextObservations, rows: rows, into: targetActivations)
        online.forward(
            minibatch.observations.base, rows: parameters.doubleDQN ? 2 * rows : rows, into: onlineActivations)
        let values = onlineActivations[last].base
        let targetValues = targetActivations[last].base
        let delta = deltas[last].base
        delta.update(repeating: 0, count: rows * actionCount)
        let gamma = Float(parameters.gamma)
        let scale = Float(parameters.rewardScale)
        var total: Float = 0
        for row in 0..<rows {
            let next: Float
            if parameters.doubleDQN {
                let action = minibatch.bestAllowed(values + (rows + row) * actionCount, row: row)
                next = action < 0 ? 0 : targetValues[row * actionCount + action]
            } else {
                next = minibatch.largestAllowed(targetValues + row * actionCount, row: row)
            }
            let goal = minibatch.rewards.base[row] * scale + (1 - minibatch.terminal.base[row]) * gamma * next
            let taken = row * actionCount + Int(minibatch.actions[row])
            let error = values[taken] - goal
            total += HuberLoss.value(error)
            delta[taken] = HuberLoss.derivative(error) / Float(rows)
        }
        online.backward(
            minibatch.observations.base, rows: rows, activations: onlineActivations, deltas: deltas,
            gradients: gradients.base)
        return total / Float(rows)
    }

    private func gradientNorm() -> Float {
        BLAS.exclusively {
            var sum: Float = 0
            for layer in online.shape.layers {
                sum += BLAS.squaredNorm(gradients.base + layer.weights, count: layer.inputs * layer.outputs)
                sum += BLAS.squaredNorm(gradients.base + layer.bias, count: layer.outputs)
            }
            return sum.squareRoot()
        }
    }
}
