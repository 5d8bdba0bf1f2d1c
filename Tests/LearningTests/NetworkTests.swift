import Glibc
import Measures
import Testing

@testable import Learning

@Suite("Network")
struct NetworkTests {
    @Test("initial weights and biases fill +-1/sqrt(fan_in) evenly in every layer")
    func initial() {
        var random = SeededRandom(seed: 4)
        let network = Network(shape: NetworkShape(inputs: 35, hidden: [256, 128, 64], outputs: 15), random: &random)
        #expect(network.shape.parameterCount == 51_343)
        let values = network.parameters.array
        for layer in network.shape.layers {
            let bound = 1 / Float(layer.inputs).squareRoot()
            let part = values[layer.weights..<layer.bias + layer.outputs]
            #expect(part.allSatisfy { abs($0) <= bound })
            // A uniform law's variance is bound^2 / 3.
            let variance = part.map { $0 * $0 }.reduce(0, +) / Float(part.count)
            #expect(abs(variance / (bound * bound / 3) - 1) < 0.1)
        }
    }

    @Test("gradients agree with central differences of the loss")
    func gradients() throws {
        let layout = TransitionLayout(observationCount: 4, actionCount: 3)
        var random = SeededRandom(seed: 9)
        let learner = QLearner(
            shape: NetworkShape(inputs: 4, hidden: [6, 5], outputs: 3),
            parameters: DQNHyperparameters(batchSize: 8), random: &random)
        let buffer = try ReplayBuffer(layout: layout, capacity: 20)
        for _ in 0..<20 {
            buffer.add(
                Transition(
                    observation: (0..<4).map { _ in Float(random.normal()) }, action: random.index(below: 3),
                    reward: random.normal(), nextObservation: (0..<4).map { _ in Float(random.normal()) },
                    nextAllowed: .all(3)))
        }
        let minibatch = Minibatch(rows: 8, layout: layout)
        buffer.sample(into: minibatch, random: &random)
        _ = learner.computeGradients(on: minibatch)
        let gradients = learner.gradients.array
        let step: Float = 1e-2
        for index in gradients.indices {
            let parameter = learner.online.parameters.base[index]
            func loss(_ value: Float) -> Float {
                learner.online.parameters.base[index] = value
                return learner.computeGradients(on: minibatch)
            }
            let slope = (loss(parameter + step) - loss(parameter - step)) / (2 * step)
            learner.online.parameters.base[index] = parameter
            // A kink of ReLU or Huber within the step costs at most a share of it.
            #expect(abs(slope - gradients[index]) < 0.02, "parameter \(index)")
        }
    }

    @Test("the matrix library says what it is")
    func configuration() {
        #expect(BLAS.configuration.hasPrefix("OpenBLAS"))
    }
}

@Suite("Matrix library")
struct BLASTests {
    @Test("products on two threads at once are the products of one alone")
    func threads() async {
        /// How many of 20 000 forward passes differ from the first.
        @Sendable func wrongProducts() -> Int {
            var random = SeededRandom(seed: 3)
            let network = Network(shape: NetworkShape(inputs: 128, hidden: [], outputs: 16), random: &random)
            let rows = 32
            let input = FloatBuffer(count: rows * 128)
            input.copy(from: (0..<input.count).map { _ in Float(random.normal()) })
            let output = FloatBuffer(count: rows * 16)
            network.forward(input.base, rows: rows, into: [output])
            let first = output.array
            return (0..<20_000).count { _ in
                network.forward(input.base, rows: rows, into: [output])
                return memcmp(output.base, first, first.count * 4) != 0
            }
        }
        async let other = wrongProducts()
        let own = wrongProducts()
        #expect(await other == 0)
        #expect(own == 0)
    }
}
