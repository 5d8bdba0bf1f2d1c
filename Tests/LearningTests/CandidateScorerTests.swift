import CScoring
import Foundation
import Measures
import Testing

@testable import Learning

func expOf(_ value: Float) -> Float { Float(exp(Double(value))) }

@Suite("Scoring of candidates")
struct CandidateScorerTests {
    /// A table of `count` candidates with two features, an 11-32-16-1 network and its scorer.
    private func made(_ random: inout SeededRandom, count: Int, hidden: [Int] = [32, 16])
        -> (CandidateScorer, Network, CandidateTable)
    {
        let table = CandidateTable(
            contextCount: 9, features: (0..<count).map { Self.features($0) })
        let network = Network(shape: table.shape(hidden: hidden), activation: .tanh, random: &random)
        // Larger weights than a fresh network's, so that tanh is exercised over its whole range.
        for index in 0..<network.parameters.count { network.parameters.base[index] *= 3 }
        let policy = ScoringPolicy(candidates: table, hiddenSizes: hidden, parameters: network.parameters.array)
        return (CandidateScorer(policy), network, table)
    }

    private static func features(_ candidate: Int) -> [Float] {
        let cpu = Float(candidate / 8 + 1)
        let memory = Float(candidate % 8 + 1)
        return [cpu / 8, memory / 8]
    }

    @Test("the tanh is Foundation's within 5e-7, at every size of buffer; a NaN stays one")
    func bend() {
        var exact: [Float] = [0, -0.0, .infinity, -.infinity, 1e-30, 1e-20, -1e30, 8, -8, 8.000001]
        for step in -40_000...40_000 { exact.append(Float(step) * 0.0003) }
        for count in [1, 7, 8, 9, exact.count] {
            let values = Array(exact.suffix(count))
            let buffer = FloatBuffer(count: count)
            buffer.copy(from: values)
            reeve_bend(buffer.base, count)
            #expect(Golden.distance(buffer.array, values.map { Float(tanh(Double($0))) }) <= 5e-7)
            #expect((buffer.array.map { abs($0) }.max() ?? 0) <= 1)
        }
        let broken = FloatBuffer(count: 11)
        broken.copy(from: Array(repeating: .nan, count: 11))
        reeve_bend(broken.base, 11)
        #expect(broken.array.filter { !$0.isNaN }.isEmpty)
    }

    @Test("scores are those of the network row by row, whatever is allowed and whatever the sizes", arguments: [
        (64, [32, 16]), (64, [5]), (9, [8, 4]), (70, [32, 16, 3]), (13, []),
    ])
    func scores(count: Int, hidden: [Int]) {
        var random = SeededRandom(seed: 5)
        let (scorer, network, table) = made(&random, count: count, hidden: hidden)
        for allowedShare in [0.02, 0.2, 0.6, 1] {
            let context = (0..<9).map { _ in Float(random.normal()) }
            var allowed = ActionMask(allowed: (0..<count).map { _ in random.uniform() < allowedShare })
            allowed[random.index(below: count)] = true
            let rows = CandidateRows(table: table)
            rows.append(context: context, allowed: allowed)
            let activations = network.shape.layers.map { FloatBuffer(count: rows.count * $0.outputs) }
            network.forward(rows.inputs, rows: rows.count, into: activations)
            let wanted = activations[activations.count - 1].array
            let found = scorer.logProbabilities(context: context, allowed: allowed)
            #expect(found.map(\.candidate) == rows.candidates)
            let highest = wanted.max() ?? 0
            let sum = wanted.map { exp(Double($0 - highest)) }.reduce(0, +)
            let logSum = highest + Float(log(sum))
            #expect(Golden.distance(found.map(\.logProbability), wanted.map { $0 - logSum }) <= 2e-5)
            let likeliest = wanted.indices.max { wanted[$0] < wanted[$1] } ?? 0
            #expect(scorer.best(context: context, allowed: allowed) == rows.candidates[likeliest])
        }
    }

    @Test("samples come as often as the policy says, never a forbidden one, with their own log-probability")
    func sampling() {
        var random = SeededRandom(seed: 8)
        let (scorer, _, _) = made(&random, count: 64)
        let context = (0..<9).map { _ in Float(random.normal()) }
        let allowed = ActionMask(allowed: (0..<64).map { $0 % 5 == 0 })
        let wanted = scorer.logProbabilities(context: context, allowed: allowed)
        var counts = [Int](repeating: 0, count: 64)
        let draws = 100_000
        for _ in 0..<draws {
            let choice = scorer.sample(context: context, allowed: allowed, random: &random)
            counts[choice.candidate] += 1
            #expect(wanted.contains(choice))
        }
        for entry in wanted {
            let probability = Double(expOf(entry.logProbability))
            let deviation = (probability * (1 - probability) / Double(draws)).squareRoot()
            #expect(abs(Double(counts[entry.candidate]) / Double(draws) - probability) <= 5 * deviation + 1e-6)
        }
    }

    @Test("a mask of 64 from one word allows the candidates whose bits are set")
    func word() {
        let mask = ActionMask(bits: 1 << 63 | 1 << 5 | 1)
        #expect((0..<64).filter { mask[$0] } == [0, 5, 63])
        #expect(mask == ActionMask(allowed: (0..<64).map { [0, 5, 63].contains($0) }))
    }

    @Test("one allowed candidate is chosen with certainty")
    func certain() {
        var random = SeededRandom(seed: 2)
        let (scorer, _, _) = made(&random, count: 64)
        var allowed = ActionMask(actionCount: 64)
        allowed[63] = true
        let context = [Float](repeating: 1, count: 9)
        #expect(scorer.sample(context: context, allowed: allowed, random: &random)
            == .init(candidate: 63, logProbability: 0))
        #expect(scorer.best(context: context, allowed: allowed) == 63)
    }

    @Test("scores that are no numbers still give an allowed candidate")
    func diverged() {
        let table = CandidateTable(contextCount: 1, features: [[1], [2], [3]])
        let scorer = CandidateScorer(
            ScoringPolicy(candidates: table, hiddenSizes: [2], parameters: Array(repeating: .nan, count: 9)))
        let allowed = ActionMask(allowed: [false, true, true])
        var random = SeededRandom(seed: 3)
        #expect(allowed[scorer.best(context: [0], allowed: allowed)])
        #expect(allowed[scorer.sample(context: [0], allowed: allowed, random: &random).candidate])
    }
}
