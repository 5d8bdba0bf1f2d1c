import Measures
import Testing

@testable import Learning

@Suite("PPO")
struct PPOTests {
    /// Choosing a number between 1 and 6: the reward is the less the farther it lies from the one that the context
    /// names, and the even numbers are forbidden in every other decision.
    private func trained(
        seed: UInt64, updates: Int, change: (inout PPOHyperparameters) -> Void = { _ in }
    ) throws -> PPO {
        var hyperparameters = PPOHyperparameters(
            learningRate: 3e-3, gamma: 0, minibatchSize: 64, criticRows: .allowed, normalizesAdvantages: true)
        change(&hyperparameters)
        let ppo = try PPO(
            candidates: CandidateTable(contextCount: 1, features: (1...6).map { [Float($0) / 6] }),
            hyperparameters: hyperparameters, seed: seed)
        var random = SeededRandom(seed: seed, stream: "world")
        var rollout = Rollout(contextCount: 1)
        for _ in 0..<updates {
            rollout.removeAll()
            for step in 0..<256 {
                let (context, goal, allowed) = situation(step, &random)
                let choice = ppo.sample(context, allowed: allowed, random: &random)
                rollout.append(
                    context: context, allowed: allowed, choice: choice,
                    reward: -abs(Float(choice.candidate + 1 - goal)))
            }
            ppo.update(rollout, end: .terminal)
        }
        return ppo
    }

    private func situation(_ step: Int, _ random: inout SeededRandom) -> ([Float], Int, ActionMask) {
        let goal = 1 + random.index(below: 6)
        let allowed = ActionMask(allowed: (1...6).map { step % 2 == 0 || $0 % 2 == 1 })
        return ([Float(goal) / 6], goal, allowed)
    }

    @Test("it learns to choose what the context asks for, within what is allowed")
    func learns() throws {
        let ppo = try trained(seed: 3, updates: 120)
        var random = SeededRandom(seed: 99)
        let scorer = CandidateScorer(ppo.policy)
        var distance = 0
        for step in 0..<400 {
            let (context, goal, allowed) = situation(step, &random)
            let chosen = ppo.greedy(context, allowed: allowed)
            #expect(allowed[chosen])
            #expect(scorer.best(context: context, allowed: allowed) == chosen, "a frozen policy acts alike")
            distance += abs(chosen + 1 - goal)
        }
        // By chance it would be about 1.9; where the goal is forbidden, 1 is the least.
        #expect(Double(distance) / 400 < 0.45)
    }

    @Test("the same seed gives the same policy, another seed another")
    func repeats() throws {
        let first = try trained(seed: 5, updates: 3)
        #expect(try trained(seed: 5, updates: 3).policy == first.policy)
        #expect(try trained(seed: 6, updates: 3).policy != first.policy)
        #expect(first.gradientSteps == 3 * 4 * 4)
    }

    @Test("a rollout that is cut off is followed by the critic's value of what came next")
    func truncation() throws {
        let ppo = try trained(seed: 1, updates: 1) {
            $0.gamma = 0.5
            $0.normalizesAdvantages = false
        }
        let allowed = ActionMask.all(6)
        var rollout = Rollout(contextCount: 1)
        for reward in [Float(1), 2] {
            rollout.append(
                context: [0.5], allowed: allowed, choice: .init(candidate: 2, logProbability: -1), reward: reward)
        }
        let ended = ppo.targets(of: rollout, end: .terminal)
        #expect(ended.returns == [2, 2])
        let value = ended.returns[0] - ended.advantages[0]
        let cut = ppo.targets(of: rollout, end: .truncated(context: [0.5], allowed: allowed))
        #expect(abs(cut.returns[1] - (2 + 0.5 * value)) <= 1e-6)
        #expect(abs(cut.returns[0] - (1 + 0.5 * cut.returns[1])) <= 1e-6)
    }

    @Test("the critic averages all candidates or the allowed ones, as asked")
    func criticRows() throws {
        var few = ActionMask(actionCount: 6)
        few[4] = true
        for rows in [PPOHyperparameters.CriticRows.all, .allowed] {
            let ppo = try trained(seed: 1, updates: 1) { $0.criticRows = rows }
            func value(_ allowed: ActionMask) -> Float {
                var rollout = Rollout(contextCount: 1)
                rollout.append(
                    context: [0.5], allowed: allowed, choice: .init(candidate: 4, logProbability: 0), reward: 0)
                return ppo.values(of: rollout)[0]
            }
            #expect((value(few) == value(.all(6))) == (rows == .all))
        }
    }

    @Test("an empty rollout changes nothing")
    func empty() throws {
        let ppo = try trained(seed: 1, updates: 1)
        let before = ppo.policy
        #expect(ppo.update(Rollout(contextCount: 1), end: .terminal) == nil)
        #expect(ppo.policy == before)
    }

    @Test("what is outside of its range is refused by name", arguments: [
        "learningRate", "gamma", "clip", "passes", "minibatchSize", "weightDecay", "hiddenSizes",
    ])
    func refused(name: String) {
        let error = #expect(throws: LearningError.self) {
            _ = try trained(seed: 1, updates: 0) {
                switch name {
                case "learningRate": $0.learningRate = .nan
                case "gamma": $0.gamma = 1.5
                case "clip": $0.clip = 0
                case "passes": $0.passes = 0
                case "minibatchSize": $0.minibatchSize = 0
                case "weightDecay": $0.weightDecay = -1
                default: $0.hiddenSizes = [0]
                }
            }
        }
        #expect(error?.code == .invalidParameter)
        #expect(error?.description.contains("The hyper-parameter \(name) is") == true)
    }
}
