import Measures
import Testing

@testable import Learning

@Suite("Action masks")
struct MaskingTests {
    @Test("count, rank and emptiness, below and above 64 actions", arguments: [1, 15, 63, 64, 65, 128, 130])
    func sets(actionCount: Int) {
        var mask = ActionMask(actionCount: actionCount)
        #expect(mask.isEmpty && mask.count == 0)
        let chosen = stride(from: 0, to: actionCount, by: 7).map { $0 } + [actionCount - 1]
        for action in chosen { mask[action] = true }
        let expected = Array(Set(chosen)).sorted()
        #expect(!mask.isEmpty && mask.count == expected.count)
        #expect(expected.indices.map { mask.allowedAction(rank: $0) } == expected)
        #expect((0..<actionCount).filter { mask[$0] } == expected)
        for action in chosen { mask[action] = false }
        #expect(mask == ActionMask(actionCount: actionCount))
        #expect(ActionMask.all(actionCount).count == actionCount)
    }

    @Test("random actions are drawn from the allowed ones alone, each as often")
    func exploration() throws {
        let mask = ActionMask(allowed: [false, true, false, true, true])
        let dqn = try DQN(
            observationCount: 1, actionCount: 5, hyperparameters: DQNHyperparameters(learningStarts: 1),
            totalSteps: 10, seed: 1)
        var counts = Array(repeating: 0, count: 5)
        for _ in 0..<3000 {
            let choice = dqn.choose([0], allowed: mask)
            #expect(choice.isRandom)
            counts[choice.action] += 1
        }
        #expect(counts[0] == 0 && counts[2] == 0)
        for action in [1, 3, 4] { #expect((900...1100).contains(counts[action])) }
    }

    @Test("the greedy action is the best allowed one, the lowest among equals, and never a NaN if there is a number")
    func greedy() throws {
        let dqn = try biasOnly(online: [5, 9, 9, 1], target: [0, 0, 0, 0])
        let cases: [([Bool], Int)] = [
            ([true, true, true, true], 1), ([true, false, true, true], 2), ([true, false, false, true], 0),
            ([false, false, false, true], 3),
        ]
        for (allowed, action) in cases {
            #expect(dqn.greedyAction([0], allowed: ActionMask(allowed: allowed)) == action)
        }
        let diverged = try biasOnly(online: [.nan, 2, .nan, 3], target: [0, 0, 0, 0])
        #expect(diverged.greedyAction([0], allowed: .all(4)) == 3)
        #expect(diverged.greedyAction([0], allowed: ActionMask(allowed: [true, false, true, false])) == 0)
    }

    @Test("the target takes the best allowed action of the next state, in Double DQN by the online network")
    func target() throws {
        let online: [Float] = [0, 10, 8, 30]
        let target: [Float] = [50, 3, 4, 100]
        let mask = ActionMask(allowed: [false, true, true, false])
        // Allowed are 1 and 2. By the target network 2 is best (4); the online one prefers 1, worth 3 to the target.
        for (double, next) in [(false, Float(4)), (true, Float(3))] {
            let dqn = try biasOnly(online: online, target: target, double: double)
            dqn.record(
                Transition(observation: [0], action: 0, reward: 2, nextObservation: [0], nextAllowed: mask))
            let report = try #require(dqn.train(gradientSteps: 1))
            // Q(s, 0) is 0, so the loss is the goal 2 + 0.5 next less 1/2.
            #expect(Float(report.loss) == 2 + 0.5 * next - 0.5)
        }
        let ended = try biasOnly(online: online, target: target)
        ended.record(
            Transition(
                observation: [0], action: 0, reward: 2, nextObservation: [0], nextAllowed: ActionMask(actionCount: 4)))
        #expect(try #require(ended.train(gradientSteps: 1)).loss == 1.5)
    }

    /// A network without hidden layers and with zero weights: its values are its biases, whatever is seen.
    private func biasOnly(online: [Float], target: [Float], double: Bool = false) throws -> DQN {
        let dqn = try DQN(
            observationCount: 1, actionCount: 4,
            hyperparameters: DQNHyperparameters(
                bufferSize: 4, batchSize: 2, gamma: 0.5, hiddenSizes: [], doubleDQN: double), totalSteps: 10, seed: 1)
        dqn.learner.online.parameters.copy(from: [0, 0, 0, 0] + online)
        dqn.learner.target.parameters.copy(from: [0, 0, 0, 0] + target)
        return dqn
    }
}
