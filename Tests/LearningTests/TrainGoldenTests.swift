import Measures
import Testing

@testable import Learning

@Suite("Gradient steps, Golden")
struct TrainGoldenTests {
    struct Case: Decodable {
        let double: Bool
        let max_grad_norm: Double
        let losses, grad_norms: [Float]
        let grads: [Golden.Layer]?
        let grads_clipped_layer0_b: [Float]
        let after_1, after_2, after_10: [Golden.Layer]
    }

    struct File: Decodable {
        struct AdamValues: Decodable { let lr, beta1, beta2, eps: Double }
        let sizes: [Int]
        let gamma: Double
        let adam: AdamValues
        let online, target: [Golden.Layer]
        let obs, next_obs: [[Float]]
        let action: [Int]
        let reward, done: [Float]
        let cases: [String: Case]
    }

    struct Polyak: Decodable {
        let tau: Double
        let target_after_layer2: Golden.Layer
    }

    @Test("losses, norms, gradients and parameters over ten steps", arguments: ["dqn", "double_dqn", "dqn_clipped"])
    func steps(name: String) throws {
        let file = try Golden.load("dqn_train", as: File.self)
        let golden = try #require(file.cases[name])
        let learner = learner(file) {
            $0.doubleDQN = golden.double
            $0.maximumGradientNorm = golden.max_grad_norm
        }
        let minibatch = try minibatch(file)
        for step in 1...10 {
            let report = learner.step(on: minibatch, learningRate: file.adam.lr)
            #expect(abs(Float(report.loss) - golden.losses[step - 1]) <= 2e-6, "loss of step \(step)")
            #expect(abs(Float(report.gradientNorm) - golden.grad_norms[step - 1]) <= 2e-6, "norm of step \(step)")
            let parameters = learner.online.parameters.array
            switch step {
            case 1:
                if let grads = golden.grads {
                    #expect(Golden.distance(learner.gradients.array, grads.flatMap(\.flat)) <= 1e-6)
                    let zeros = zip(learner.gradients.array, grads.flatMap(\.flat)).filter { $1 == 0 }
                    #expect(zeros.allSatisfy { $0.0 == 0 }, "a gradient of 0 is exactly 0")
                }
                let factor = min(1, Float(golden.max_grad_norm) / (Float(report.gradientNorm) + 1e-6))
                let bias = learner.online.shape.layers[0]
                let clipped = learner.gradients.array[bias.bias..<bias.bias + bias.outputs].map { $0 * factor }
                #expect(Golden.distance(clipped, golden.grads_clipped_layer0_b) <= 1e-6)
                // Adam's first moment after one step is (1 - beta1) times the clipped gradient that it was given.
                let moments = learner.optimizer.firstMoments.array[bias.bias..<bias.bias + bias.outputs]
                #expect(Golden.distance(moments.map { $0 * 10 }, golden.grads_clipped_layer0_b) <= 1e-6)
                #expect(Golden.distance(parameters, golden.after_1.flatMap(\.flat)) <= 1e-6)
            case 2: #expect(Golden.distance(parameters, golden.after_2.flatMap(\.flat)) <= 1e-6)
            case 10: #expect(Golden.distance(parameters, golden.after_10.flatMap(\.flat)) <= 5e-6)
            default: break
            }
        }
        #expect(learner.target.parameters.array == file.target.flatMap(\.flat), "the target stays")
    }

    @Test("target update with tau 0.005, and with tau 1 a copy")
    func polyak() throws {
        let file = try Golden.load("dqn_train", as: File.self)
        let golden = try Golden.load("polyak", as: Polyak.self)
        let mixing = learner(file) { $0.tau = golden.tau }
        mixing.updateTarget()
        let last = mixing.target.parameters.array.suffix(golden.target_after_layer2.flat.count)
        #expect(Golden.distance(Array(last), golden.target_after_layer2.flat) <= 1e-6)

        let copying = learner(file) { $0.tau = 1 }
        copying.updateTarget()
        #expect(copying.target.parameters.array == file.online.flatMap(\.flat))
    }

    private func learner(_ file: File, _ change: (inout DQNHyperparameters) -> Void) -> QLearner {
        var parameters = DQNHyperparameters(
            gamma: file.gamma, adamBeta1: file.adam.beta1, adamBeta2: file.adam.beta2, adamEpsilon: file.adam.eps)
        change(&parameters)
        var random = SeededRandom(seed: 0)
        let learner = QLearner(shape: Golden.shape(file.sizes), parameters: parameters, random: &random)
        learner.online.parameters.copy(from: file.online.flatMap(\.flat))
        learner.target.parameters.copy(from: file.target.flatMap(\.flat))
        return learner
    }

    /// The batch as the replay buffer hands it over: each transition once, in the file's order.
    private func minibatch(_ file: File) throws -> Minibatch {
        let layout = TransitionLayout(observationCount: file.sizes[0], actionCount: file.sizes[file.sizes.count - 1])
        let minibatch = Minibatch(rows: file.obs.count, layout: layout)
        let buffer = try ReplayBuffer(layout: layout, capacity: file.obs.count)
        for row in file.obs.indices {
            buffer.add(
                Transition(
                    observation: file.obs[row], action: file.action[row], reward: Double(file.reward[row]),
                    nextObservation: file.next_obs[row], nextAllowed: .all(layout.actionCount),
                    isTerminal: file.done[row] == 1))
        }
        buffer.contents.withUnsafeBytes { bytes in
            for row in file.obs.indices { minibatch.fill(row: row, from: bytes.baseAddress! + row * layout.stride) }
        }
        return minibatch
    }
}
