import Testing

@testable import Learning

@Suite("PPO with a scoring network, Golden")
struct PPOGoldenTests {
    struct Epoch: Decodable {
        let policy_loss, value_loss, entropy, loss: Double
        let grads_actor, grads_critic, actor, critic: [Golden.Layer]?
        let values: [Float]?
    }

    struct Case: Decodable {
        let kind: String
        let gamma, lr, value_loss_coef, entropy_coef, clip: Double
        let epochs: Int
        let returns, advantage: [Float]
        let per_epoch: [Epoch]
    }

    struct File: Decodable {
        struct AdamW: Decodable { let beta1, beta2, eps, weight_decay: Double }
        let hidden: [Int]
        let actor, critic: [Golden.Layer]
        let states: [[[Float]]]
        let mask, probs, logits_unmasked: [[Float]]
        let actions: [Int]
        let log_prob_true, log_prob_old, values_old, entropy_old, rewards: [Float]
        let adamw: AdamW
        let cases: [Case]
    }

    /// 11 inputs, the last two of them the candidate's.
    private func candidates(_ file: File) -> CandidateTable {
        CandidateTable(contextCount: 9, features: file.states[0].map { Array($0[9...]) })
    }

    private func context(_ file: File, _ step: Int) -> [Float] { Array(file.states[step][0][..<9]) }

    private func allowed(_ file: File, _ step: Int) -> ActionMask {
        ActionMask(allowed: file.mask[step].map { $0 == 0 })
    }

    private func learner(_ file: File, _ golden: Case) throws -> PPO {
        let ppo = try PPO(
            candidates: candidates(file),
            hyperparameters: PPOHyperparameters(
                learningRate: golden.lr, gamma: golden.gamma, clip: golden.clip, passes: golden.epochs,
                valueCoefficient: golden.value_loss_coef, entropyCoefficient: golden.entropy_coef,
                weightDecay: file.adamw.weight_decay, adamBeta1: file.adamw.beta1, adamBeta2: file.adamw.beta2,
                adamEpsilon: file.adamw.eps, hiddenSizes: file.hidden, criticRows: .all),
            seed: 1)
        ppo.actor.network.parameters.copy(from: file.actor.flatMap(\.flat))
        ppo.critic.network.parameters.copy(from: file.critic.flatMap(\.flat))
        return ppo
    }

    private func rollout(_ file: File) -> Rollout {
        var rollout = Rollout(contextCount: 9)
        for step in file.actions.indices {
            rollout.append(
                context: context(file, step), allowed: allowed(file, step),
                choice: .init(candidate: file.actions[step], logProbability: file.log_prob_old[step]),
                reward: file.rewards[step])
        }
        return rollout
    }

    /// The distance between all parameters but the last bias. That of the actor shifts all scores alike, which a
    /// softmax does not notice: its gradient is 0 but for rounding, of which Adam makes steps of full length in any
    /// direction.
    private func distance(_ network: Network, _ golden: [Golden.Layer]) -> Float {
        Golden.distance(network.parameters.array.dropLast(), golden.flatMap(\.flat).dropLast())
    }

    @Test("the rows of a decision share all but the candidate's two features")
    func rows() throws {
        let file = try Golden.load("ppo", as: File.self)
        for state in file.states {
            for (row, first) in zip(state, file.states[0]) {
                #expect(row[..<9] == state[0][..<9])
                #expect(row[9...] == first[9...])
            }
        }
    }

    @Test("returns, advantages, losses, gradients and parameters over four passes", arguments: [1, 2])
    func passes(index: Int) throws {
        let file = try Golden.load("ppo", as: File.self)
        let golden = file.cases[index]
        try #require(golden.kind == "per_step")
        let ppo = try learner(file, golden)
        let rollout = rollout(file)
        let targets = ppo.targets(of: rollout, end: .terminal)
        #expect(Golden.distance(targets.returns, golden.returns) <= 1e-6)
        #expect(Golden.distance(targets.advantages, golden.advantage) <= 1e-6)
        #expect(Golden.distance(zip(targets.returns, targets.advantages).map(-), file.values_old) <= 2e-6)
        for (pass, wanted) in golden.per_epoch.enumerated() {
            let report = ppo.step(on: Array(0..<rollout.count)[...], of: rollout, targets)
            #expect(abs(report.policyLoss - wanted.policy_loss) <= 2e-6, "pass \(pass)")
            #expect(abs(report.valueLoss - wanted.value_loss) <= 2e-6, "pass \(pass)")
            #expect(abs(report.entropy - wanted.entropy) <= 2e-6, "pass \(pass)")
            #expect(abs(report.loss - wanted.loss) <= 4e-6, "pass \(pass)")
            for (trainee, gradients, parameters) in [
                (ppo.actor, wanted.grads_actor, wanted.actor), (ppo.critic, wanted.grads_critic, wanted.critic),
            ] {
                if let gradients {
                    #expect(Golden.distance(trainee.gradients.array, gradients.flatMap(\.flat)) <= 1e-6, "pass \(pass)")
                }
                if let parameters {
                    let tolerance: Float = pass == 0 ? 1e-6 : 5e-6
                    #expect(distance(trainee.network, parameters) <= tolerance, "pass \(pass)")
                }
            }
        }
    }

    @Test("an update is the passes one after the other, and the means of what they found")
    func update() throws {
        let file = try Golden.load("ppo", as: File.self)
        let golden = file.cases[1]
        let ppo = try learner(file, golden)
        let report = try #require(ppo.update(rollout(file), end: .terminal))
        let last = try #require(golden.per_epoch.last?.actor)
        #expect(distance(ppo.actor.network, last) <= 5e-6)
        #expect(abs(report.loss - golden.per_epoch.map(\.loss).reduce(0, +) / 4) <= 4e-6)
        #expect(ppo.gradientSteps == 4)
    }

    @Test("the product's update is not the released code's, which multiplies every decision with every other")
    func differsFromTheSlip() throws {
        let file = try Golden.load("ppo", as: File.self)
        let released = file.cases[0]
        try #require(released.kind == "as_released")
        let ppo = try learner(file, released)
        let rollout = rollout(file)
        let report = ppo.step(
            on: Array(0..<rollout.count)[...], of: rollout, ppo.targets(of: rollout, end: .terminal))
        #expect(abs(report.policyLoss - released.per_epoch[0].policy_loss) > 0.005)
        let slip = try #require(released.per_epoch[0].grads_actor)
        #expect(Golden.distance(ppo.actor.gradients.array, slip.flatMap(\.flat)) > 0.01)
    }

    @Test("the scorer's probabilities, and the same candidate as the likeliest")
    func acting() throws {
        let file = try Golden.load("ppo", as: File.self)
        let scorer = CandidateScorer(
            ScoringPolicy(
                candidates: candidates(file), hiddenSizes: file.hidden, parameters: file.actor.flatMap(\.flat)))
        for step in file.actions.indices {
            let context = context(file, step)
            let logProbabilities = scorer.logProbabilities(context: context, allowed: allowed(file, step))
            var probabilities = [Float](repeating: 0, count: 9)
            for entry in logProbabilities { probabilities[entry.candidate] = expOf(entry.logProbability) }
            #expect(Golden.distance(probabilities, file.probs[step]) <= 1e-6)
            let chosen = try #require(logProbabilities.first { $0.candidate == file.actions[step] })
            #expect(abs(chosen.logProbability - file.log_prob_true[step]) <= 2e-6)
            let likeliest = try #require(file.probs[step].indices.max { file.probs[step][$0] < file.probs[step][$1] })
            #expect(scorer.best(context: context, allowed: allowed(file, step)) == likeliest)
        }
    }
}

@Suite("Discounted returns, Golden")
struct ReturnsGoldenTests {
    struct File: Decodable {
        struct Plain: Decodable { let returns, advantage: [Float] }
        let rewards, values: [Float]
        let freyr: [String: Plain]
    }

    @Test("returns and advantages", arguments: [("gamma_1", 1), ("gamma_0.99", 0.99), ("gamma_0.9", 0.9)])
    func returns(name: String, gamma: Double) throws {
        let file = try Golden.load("returns", as: File.self)
        let golden = try #require(file.freyr[name])
        let returns = DiscountedReturns.of(file.rewards, gamma: gamma, after: 0)
        #expect(Golden.relativeDistance(returns, golden.returns) <= 1e-6)
        #expect(Golden.relativeDistance(zip(returns, file.values).map(-), golden.advantage) <= 1e-6)
    }

    @Test("cut in two, the first part followed by the second's return, they are the same")
    func truncation() throws {
        let file = try Golden.load("returns", as: File.self)
        let whole = DiscountedReturns.of(file.rewards, gamma: 0.9, after: 0)
        let second = DiscountedReturns.of(Array(file.rewards[17...]), gamma: 0.9, after: 0)
        let first = DiscountedReturns.of(Array(file.rewards[..<17]), gamma: 0.9, after: second[0])
        #expect(Golden.relativeDistance(first + second, whole) <= 1e-6)
    }
}
