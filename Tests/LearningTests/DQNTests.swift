import Measures
import Testing

@testable import Learning

@Suite("DQN")
struct DQNTests {
    @Test("learns the way and the discounted values of a corridor", arguments: [false, true])
    func learns(double: Bool) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var corridor = Corridor(length: 5)
            let dqn = try Corridor.learner(length: 5, steps: 2000, seed: seed) { $0.doubleDQN = double }
            for _ in 0..<2000 {
                dqn.record(corridor.step(dqn.choose(corridor.observation, allowed: Corridor.allowed).action))
            }
            for cell in 0..<5 {
                let choice = dqn.greedy(Corridor.observation(cell, 5), allowed: Corridor.allowed)
                #expect(choice.action == 1)
                // Right from cell c reaches the reward after 4 - c further steps, each worth 0.9.
                let truth = (0..<4 - cell).reduce(Float(1)) { value, _ in value * 0.9 }
                #expect(abs(choice.values[1] - truth) < 0.1, "seed \(seed), cell \(cell)")
            }
        }
    }

    @Test("values one step ahead at an end, beyond a time limit, and not past an empty mask")
    func ends() throws {
        // One state that always pays 1, gamma 0.5: 1 / (1 - 0.5) if it goes on, 1 if it ends.
        let cases: [(terminal: Bool, timeout: Bool, mask: ActionMask, value: Float)] = [
            (false, false, .all(1), 2), (true, false, .all(1), 1), (true, true, .all(1), 2), (false, true, .all(1), 2),
            (false, false, ActionMask(actionCount: 1), 1),
        ]
        for (terminal, timeout, mask, value) in cases {
            let dqn = try DQN(
                observationCount: 1, actionCount: 1,
                hyperparameters: DQNHyperparameters(
                    learningRate: .constant(0.01), bufferSize: 10, learningStarts: 0, batchSize: 2, gamma: 0.5,
                    trainFrequency: 1, targetUpdateInterval: 10, hiddenSizes: [8]), totalSteps: 1500, seed: 1)
            for _ in 0..<1500 {
                dqn.record(
                    Transition(
                        observation: [1], action: 0, reward: 1, nextObservation: [1], nextAllowed: mask,
                        isTerminal: terminal, isTimeout: timeout))
            }
            #expect(abs(dqn.withActionValues(of: [1]) { $0[0] } - value) < 0.02)
        }
    }

    @Test("the same seed gives the same run, another seed another")
    func repeats() throws {
        func run(seed: UInt64) throws -> Checkpoint {
            var corridor = Corridor(length: 4)
            let dqn = try Corridor.learner(length: 4, steps: 200, seed: seed)
            for _ in 0..<200 {
                dqn.record(corridor.step(dqn.choose(corridor.observation, allowed: Corridor.allowed).action))
            }
            return dqn.checkpoint(topology: "corridor", preset: "test")
        }
        let first = try run(seed: 7)
        #expect(try run(seed: 7) == first)
        #expect(try run(seed: 8) != first)
    }

    @Test("the target is copied before the gradient step that follows the same environment step")
    func targetOrder() throws {
        var corridor = Corridor(length: 4)
        let dqn = try Corridor.learner(length: 4, steps: 100, seed: 1) {
            $0.learningStarts = 0
            $0.targetUpdateInterval = 10
        }
        for step in 1...30 {
            let before = dqn.checkpoint(topology: "", preset: "")
            dqn.record(corridor.step(1))
            let after = dqn.checkpoint(topology: "", preset: "")
            #expect(after.target == (step % 10 == 0 ? before.online : before.target))
            #expect(after.online != before.online)
        }
    }

    @Test("another training starts at step 0 and keeps epsilon, target timing and replay")
    func secondTraining() throws {
        var corridor = Corridor(length: 4)
        let dqn = try Corridor.learner(length: 4, steps: 75, seed: 1)
        for _ in 0..<75 { dqn.record(corridor.step(1)) }
        let epsilon = dqn.epsilon
        dqn.beginTraining(totalSteps: 1000)
        #expect(dqn.steps == 0 && dqn.epsilon == epsilon && dqn.replayCount == 75 && dqn.targetUpdates == 1)
        for _ in 0..<25 { dqn.record(corridor.step(1)) }
        #expect(dqn.targetUpdates == 2, "the target counter counts all steps")
        #expect(dqn.epsilon > 0.9, "the schedule starts again")
        #expect(dqn.gradientSteps == 25, "the warm-up starts again")
    }

    @Test("a greedy choice draws no random number and its action alone is the same")
    func frozen() throws {
        let dqn = try Corridor.learner(length: 4, steps: 10, seed: 3)
        let before = dqn.checkpoint(topology: "", preset: "")
        for cell in 0..<4 {
            let observation = Corridor.observation(cell, 4)
            let choice = dqn.greedy(observation, allowed: Corridor.allowed)
            #expect(dqn.greedyAction(observation, allowed: Corridor.allowed) == choice.action)
            #expect(!choice.isRandom)
        }
        #expect(dqn.checkpoint(topology: "", preset: "") == before)
    }

    @Test("rewards are scaled for the loss and kept raw in the replay buffer")
    func rewardScale() throws {
        func loss(scale: Double) throws -> (Double, [UInt8]) {
            let dqn = try Corridor.learner(length: 3, steps: 10, seed: 1) {
                $0.rewardScale = scale
                $0.gamma = 0
                $0.learningStarts = 100
            }
            dqn.record(
                Transition(
                    observation: [1, 0, 0], action: 0, reward: 1000, nextObservation: [0, 1, 0],
                    nextAllowed: Corridor.allowed))
            return (try #require(dqn.train(gradientSteps: 1)).loss, dqn.replay.contents)
        }
        let (raw, rawSlots) = try loss(scale: 1)
        let (scaled, scaledSlots) = try loss(scale: 0.01)
        // Far from its goal the Huber loss is |q - r| - 1/2, and the two goals are 990 apart.
        #expect(abs(raw - scaled - 990) < 0.01)
        #expect(rawSlots == scaledSlots)
    }
}
