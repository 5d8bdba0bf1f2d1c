#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// What one gradient step of PPO found, before it changed anything.
public struct PPOReport: Sendable, Hashable {
    /// -mean of min(ratio A, clip(ratio) A).
    public var policyLoss = 0.0
    /// Mean Huber loss of the critic's values against the returns.
    public var valueLoss = 0.0
    /// Mean entropy of the policy.
    public var entropy = 0.0
    /// policyLoss + valueCoefficient valueLoss - entropyCoefficient entropy.
    public var loss = 0.0
}

extension PPO {
    /// What the steps of one update aim at.
    struct Targets {
        var returns, advantages: [Float]
    }

    /// Learns from `rollout`, whose decisions were taken by the policy as it is now or was a little earlier, and which
    /// `end` follows. Returns the means over all gradient steps, or nil when there was no decision.
    @discardableResult
    public func update(_ rollout: Rollout, end: Rollout.End) -> PPOReport? {
        precondition(rollout.contextCount == candidates.contextCount, "a rollout of the learner's size")
        guard rollout.count > 0 else { return nil }
        let targets = targets(of: rollout, end: end)
        var total = PPOReport()
        var steps = 0
        var order = Array(0..<rollout.count)
        let size = min(hyperparameters.minibatchSize ?? rollout.count, rollout.count)
        for _ in 0..<hyperparameters.passes {
            if size < rollout.count { order.shuffle(using: &shuffling) }
            for start in stride(from: 0, to: rollout.count, by: size) {
                let report = step(on: order[start..<min(start + size, rollout.count)], of: rollout, targets)
                total.policyLoss += report.policyLoss
                total.valueLoss += report.valueLoss
                total.entropy += report.entropy
                total.loss += report.loss
                steps += 1
            }
        }
        let scale = 1 / Double(steps)
        return PPOReport(
            policyLoss: total.policyLoss * scale, valueLoss: total.valueLoss * scale, entropy: total.entropy * scale,
            loss: total.loss * scale)
    }

    /// Returns, and advantages over the critic's values as they are now.
    func targets(of rollout: Rollout, end: Rollout.End) -> Targets {
        let after: Float
        switch end {
        case .terminal: after = 0
        case .truncated(let context, let allowed):
            precondition(context.count == candidates.contextCount, "a context of the learner's size")
            rows.removeAll()
            context.withUnsafeBufferPointer { appendCriticRows($0, allowed) }
            after = criticValues()[0]
        }
        let returns = DiscountedReturns.of(rollout.rewards, gamma: hyperparameters.gamma, after: after)
        var advantages = zip(returns, values(of: rollout)).map { $0 - $1 }
        if hyperparameters.normalizesAdvantages { Self.normalize(&advantages) }
        return Targets(returns: returns, advantages: advantages)
    }

    /// The critic's value of each decision.
    func values(of rollout: Rollout) -> [Float] {
        var values: [Float] = []
        // In parts, so that the working memory does not grow with the rollout.
        for start in stride(from: 0, to: rollout.count, by: 512) {
            gather(start..<min(start + 512, rollout.count), of: rollout, forCritic: true)
            values += criticValues()
        }
        return values
    }

    /// One gradient step of actor and critic on the decisions `indices` of `rollout`.
    func step(on indices: ArraySlice<Int>, of rollout: Rollout, _ targets: Targets) -> PPOReport {
        var report = PPOReport()
        improveActor(indices, rollout, targets, &report)
        improveCritic(indices, rollout, targets, &report)
        report.loss =
            report.policyLoss + hyperparameters.valueCoefficient * report.valueLoss
            - hyperparameters.entropyCoefficient * report.entropy
        gradientSteps += 1
        scorer.load(actor.network.parameters.base)
        return report
    }

    private func improveActor(
        _ indices: ArraySlice<Int>, _ rollout: Rollout, _ targets: Targets, _ report: inout PPOReport
    ) {
        gather(indices, of: rollout, forCritic: false)
        let scores = actor.outputs(rows.inputs, rows: rows.count)
        let deltas = actor.outputDeltas
        let share = 1 / Float(indices.count)
        let clip = Float(hyperparameters.clip)
        let entropyWeight = Float(hyperparameters.entropyCoefficient) * share
        for (position, index) in indices.enumerated() {
            let range = rows.starts[position]..<rows.starts[position + 1]
            var highest = -Float.infinity
            for row in range { highest = max(highest, scores[row]) }
            var sum: Float = 0
            for row in range { sum += expf(scores[row] - highest) }
            let logSum = highest + logf(sum)
            // The deltas hold the probabilities until the entropy is known.
            var entropy: Float = 0
            var taken = range.lowerBound
            for row in range {
                let logProbability = scores[row] - logSum
                deltas[row] = expf(logProbability)
                entropy -= deltas[row] * logProbability
                if rows.candidates[row] == rollout.candidates[index] { taken = row }
            }
            let advantage = targets.advantages[index]
            let ratio = expf(scores[taken] - logSum - rollout.logProbabilities[index])
            let held = min(max(ratio, 1 - clip), 1 + clip)
            report.policyLoss -= Double(min(ratio * advantage, held * advantage) * share)
            report.entropy += Double(entropy * share)
            // Where the clipped term is the smaller one, nothing that the parameters do changes it.
            let pull = ratio * advantage <= held * advantage ? ratio * advantage * share : 0
            for row in range {
                let probability = deltas[row]
                deltas[row] =
                    pull * probability + entropyWeight * probability * (scores[row] - logSum + entropy)
            }
            deltas[taken] -= pull
        }
        actor.descend(rows.inputs, rows: rows.count, learningRate: hyperparameters.learningRate)
    }

    private func improveCritic(
        _ indices: ArraySlice<Int>, _ rollout: Rollout, _ targets: Targets, _ report: inout PPOReport
    ) {
        gather(indices, of: rollout, forCritic: true)
        let values = criticValues()
        let share = 1 / Float(indices.count)
        let weight = Float(hyperparameters.valueCoefficient) * share
        let deltas = critic.outputDeltas
        for (position, index) in indices.enumerated() {
            let range = rows.starts[position]..<rows.starts[position + 1]
            let error = values[position] - targets.returns[index]
            report.valueLoss += Double(HuberLoss.value(error) * share)
            let delta = weight * HuberLoss.derivative(error) / Float(range.count)
            for row in range { deltas[row] = delta }
        }
        critic.descend(rows.inputs, rows: rows.count, learningRate: hyperparameters.learningRate)
    }

    private func gather(_ indices: some Sequence<Int>, of rollout: Rollout, forCritic: Bool) {
        rows.removeAll()
        rollout.contexts.withUnsafeBufferPointer { contexts in
            for index in indices {
                let start = index * rollout.contextCount
                let context = UnsafeBufferPointer(rebasing: contexts[start..<start + rollout.contextCount])
                if forCritic {
                    appendCriticRows(context, rollout.allowed[index])
                } else {
                    appendRows(context, rollout.allowed[index])
                }
            }
        }
    }

    private func appendCriticRows(_ context: UnsafeBufferPointer<Float>, _ allowed: ActionMask) {
        appendRows(context, hyperparameters.criticRows == .all ? nil : allowed)
    }

    private func appendRows(_ context: UnsafeBufferPointer<Float>, _ allowed: ActionMask?) {
        withContext(context) { rows.append(context: $0, allowed: allowed) }
    }

    /// The critic's value of each decision in `rows`.
    private func criticValues() -> [Float] {
        let outputs = critic.outputs(rows.inputs, rows: rows.count)
        return (0..<rows.starts.count - 1).map { position in
            let range = rows.starts[position]..<rows.starts[position + 1]
            var sum: Float = 0
            for row in range { sum += outputs[row] }
            return sum / Float(range.count)
        }
    }

    private static func normalize(_ advantages: inout [Float]) {
        let count = Double(advantages.count)
        let mean = advantages.reduce(0.0) { $0 + Double($1) } / count
        let variance = advantages.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        // As Stable-Baselines3 does, so that equal advantages become zero rather than not a number.
        let scale = 1 / (variance.squareRoot() + 1e-8)
        for index in advantages.indices { advantages[index] = Float((Double(advantages[index]) - mean) * scale) }
    }
}
