internal import Learning
internal import Measures
internal import Timing

/// Measures one decision of the scoring network 11-32-16-1 over 64 candidates as training takes it: from context and
/// mask to the actor's scores of the allowed candidates, their softmax, a draw from it and the draw's log-probability.
struct ScoringBenchmark {
    /// For 64 allowed candidates.
    static let limitMicroseconds = 8.0

    private let scorer: CandidateScorer
    private let contexts: [[Float]]
    private let few: ActionMask
    private var random: SeededRandom

    init(_ random: inout SeededRandom) throws {
        let grid = CandidateTable(
            contextCount: 9,
            features: (0..<64).map { index in
                let cpu = Float(index / 8 + 1)
                let memory = Float(index % 8 + 1)
                return [cpu / 8, memory / 8]
            })
        scorer = CandidateScorer(try PPO(candidates: grid, hyperparameters: PPOHyperparameters(), seed: 1).policy)
        var contexts: [[Float]] = []
        for _ in 0..<64 {
            contexts.append((0..<9).map { _ in Float(random.uniform()) })
        }
        self.contexts = contexts
        few = ActionMask(allowed: (0..<64).map { $0 % 6 == 0 && $0 < 60 })
        self.random = random
    }

    /// Medians in nanoseconds, and a number that depends on every decision.
    func run() -> (all: Double, few: Double, checksum: Double) {
        var random = random
        var checksum = 0.0
        var turn = 0
        let all = ActionMask.all(64)
        let medians = interleavedMedians(rounds: 201, repeats: 500) {
            checksum += Double(scorer.sample(context: contexts[turn & 63], allowed: all, random: &random).candidate)
            turn += 1
        } _: {
            checksum += Double(scorer.sample(context: contexts[turn & 63], allowed: few, random: &random).candidate)
            turn += 1
        }
        return (medians.first, medians.second, checksum)
    }
}
