internal import BareLoops
internal import Glibc
internal import Learning
internal import Measures
internal import Timing

/// Measures one decision and one gradient step of the network 35-256-128-64-15 (the largest action space of the
/// four-node cluster) against the bare C loops, and one decision of the scoring network over 64 candidates; ends with
/// status 1 when one is above its limit.
@main
struct LearningBenchmark {
    static let decisionLimitMicroseconds = 4.0
    static let gradientStepLimitRatio = 1.4

    static let sizes: [Int32] = [35, 256, 128, 64, 15]
    static let batch: Int32 = 32
    static let transitions = 10_000

    static func main() throws {
        var random = SeededRandom(seed: 1, stream: "benchmark")
        let actionCount = Int(sizes[4])
        var parameters = DQNHyperparameters.thesis
        // Filling the replay buffer takes no gradient steps; the benchmark asks for them itself.
        parameters.learningStarts = transitions
        let dqn = try DQN(
            observationCount: Int(sizes[0]), actionCount: actionCount, hyperparameters: parameters,
            totalSteps: transitions, seed: 1)
        guard let bare = bare_dqn_create(sizes, batch, Int32(transitions)) else { exit(1) }
        defer { bare_dqn_free(bare) }
        let allowed = ActionMask.all(actionCount)
        for slot in 0..<transitions {
            let transition = Transition(
                observation: observation(&random), action: random.index(below: actionCount), reward: random.normal(),
                nextObservation: observation(&random), nextAllowed: allowed)
            dqn.record(transition)
            bare_dqn_store(
                bare, Int32(slot), transition.observation, transition.nextObservation, Int32(transition.action),
                Float(transition.reward))
        }
        let observations = (0..<64).map { _ in observation(&random) }
        var turn = 0
        // Printed at the end, so that no call can be left out as unused.
        var checksum = 0.0
        let decision = interleavedMedians(rounds: 201, repeats: 500) {
            checksum += Double(dqn.greedyAction(observations[turn & 63], allowed: allowed))
            turn += 1
        } _: {
            checksum += Double(bare_dqn_decide(bare, observations[turn & 63]))
            turn += 1
        }
        let step = interleavedMedians(rounds: 201, repeats: 20) {
            checksum += dqn.train(gradientSteps: 1)?.loss ?? 0
        } _: {
            checksum += Double(bare_dqn_step(bare))
        }
        let ratio = step.first / step.second
        print("BLAS: \(BLAS.configuration)")
        print(
            "decision: Swift \(text(decision.first / 1e3)) us, C \(text(decision.second / 1e3)) us,"
                + " limit \(decisionLimitMicroseconds) us")
        print(
            "gradient step: Swift \(text(step.first / 1e3)) us, C \(text(step.second / 1e3)) us,"
                + " ratio \(text(ratio)), limit \(gradientStepLimitRatio)")
        let scoring = try ScoringBenchmark(&random).run()
        print(
            "decision over scored candidates: 64 of 64 allowed \(text(scoring.all / 1e3)) us,"
                + " 10 of 64 allowed \(text(scoring.few / 1e3)) us, limit \(ScoringBenchmark.limitMicroseconds) us")
        print("checksum \(checksum + scoring.checksum)")
        let holds =
            decision.first / 1e3 <= decisionLimitMicroseconds && ratio <= gradientStepLimitRatio
            && scoring.all / 1e3 <= ScoringBenchmark.limitMicroseconds
        exit(holds ? 0 : 1)
    }

    /// Floats in [0, 20], as the scheduler's observations are.
    static func observation(_ random: inout SeededRandom) -> [Float] {
        (0..<Int(sizes[0])).map { _ in Float(20 * random.uniform()) }
    }

    /// Two decimals.
    static func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
