import Testing

@testable import Learning

@Suite("Exploration schedule and loop counters, Golden")
struct ScheduleGoldenTests {
    struct Epsilon: Decodable {
        struct Case: Decodable {
            let start, end, fraction: Double
            let total: Int
            let value: [Double]
        }
        let cases: [Case]
    }

    struct Counters: Decodable {
        struct Run: Decodable {
            let learning_starts, train_freq, gradient_steps, target_update_interval, total: Int
            let exploration_fraction: Double
            let train_called_at_timestep, target_updated_at_timestep: [Int]
            let n_updates: Int
            let epsilon_before_action: [Double]
        }
        let runs: [Run]
    }

    @Test("epsilon after each step, to the last bit")
    func epsilon() throws {
        for golden in try Golden.load("epsilon", as: Epsilon.self).cases {
            let schedule = ExplorationSchedule(initial: golden.start, final: golden.end, fraction: golden.fraction)
            let values = (0...golden.total).map {
                schedule.epsilon(
                    progressRemaining: ExplorationSchedule.progressRemaining(steps: $0, totalSteps: golden.total))
            }
            #expect(values == golden.value)
        }
    }

    @Test("when a run of 500 steps trains, updates its target, and with which epsilon it acts", arguments: 0..<4)
    func counters(run index: Int) throws {
        let golden = try Golden.load("sb3_counters", as: Counters.self).runs[index]
        let dqn = try DQN(
            observationCount: 2, actionCount: 3,
            hyperparameters: DQNHyperparameters(
                bufferSize: 1000, learningStarts: golden.learning_starts, batchSize: 4,
                trainFrequency: golden.train_freq,
                gradientSteps: golden.gradient_steps == -1 ? nil : golden.gradient_steps,
                targetUpdateInterval: golden.target_update_interval,
                explorationFraction: golden.exploration_fraction, explorationFinalEpsilon: 0.01, hiddenSizes: [4]),
            totalSteps: golden.total, seed: 5)
        var trained: [Int] = []
        var updated: [Int] = []
        var epsilons: [Double] = []
        for step in 1...golden.total {
            let updates = dqn.targetUpdates
            let choice = dqn.choose([0.5, Float(step % 7)], allowed: .all(3))
            epsilons.append(choice.epsilon)
            let report = dqn.record(
                Transition(
                    observation: [0.5, Float(step % 7)], action: choice.action, reward: 1,
                    nextObservation: [0.5, Float((step + 1) % 7)], nextAllowed: .all(3)))
            if report != nil { trained.append(step) }
            if dqn.targetUpdates != updates { updated.append(step) }
        }
        #expect(trained == golden.train_called_at_timestep)
        #expect(updated == golden.target_updated_at_timestep)
        #expect(dqn.gradientSteps == golden.n_updates)
        // This fixture's epsilons are rounded decimals; `epsilon()` above compares unrounded ones.
        #expect(epsilons.count == golden.epsilon_before_action.count)
        #expect(zip(epsilons, golden.epsilon_before_action).allSatisfy { abs($0 - $1) <= 1e-12 })
        #expect(epsilons[0] == 0)
    }
}
