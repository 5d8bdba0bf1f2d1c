internal import Measures

/// One network with its optimiser and the working memory of its gradient steps, which grows with the largest of them.
final class Trainee {
    let network: Network
    let gradients: FloatBuffer
    private let optimizer: Adam
    private var capacity = 0
    private var activations, deltas: [FloatBuffer]

    init(shape: NetworkShape, hyperparameters: PPOHyperparameters, random: inout SeededRandom) {
        network = Network(shape: shape, activation: .tanh, random: &random)
        gradients = FloatBuffer(count: shape.parameterCount)
        optimizer = Adam(
            count: shape.parameterCount, beta1: hyperparameters.adamBeta1, beta2: hyperparameters.adamBeta2,
            epsilon: hyperparameters.adamEpsilon, weightDecay: hyperparameters.weightDecay)
        activations = []
        deltas = []
    }

    /// The network's one output for each of `rows` inputs [rows][inputs]; valid until the next call.
    func outputs(_ input: UnsafePointer<Float>, rows: Int) -> UnsafePointer<Float> {
        if rows > capacity {
            activations = network.shape.layers.map { FloatBuffer(count: rows * $0.outputs) }
            deltas = network.shape.layers.map { FloatBuffer(count: rows * $0.outputs) }
            capacity = rows
        }
        network.forward(input, rows: rows, into: activations)
        return UnsafePointer(activations[activations.count - 1].base)
    }

    /// Where dL/d(output) of the last `outputs` goes before `descend`.
    var outputDeltas: UnsafeMutablePointer<Float> { deltas[deltas.count - 1].base }

    /// One step of the optimiser along the gradient of what `outputs` computed from the same input.
    func descend(_ input: UnsafePointer<Float>, rows: Int, learningRate: Double) {
        network.backward(input, rows: rows, activations: activations, deltas: deltas, gradients: gradients.base)
        optimizer.step(
            network.parameters.base, gradients: gradients.base, gradientScale: 1, learningRate: learningRate)
    }
}
