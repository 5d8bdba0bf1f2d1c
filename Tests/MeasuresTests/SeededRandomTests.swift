import Measures
import Testing

@Suite("Seeded random numbers")
struct SeededRandomTests {
    @Test func `the sequence from state 1 2 3 4 is that of the published generator`() throws {
        var random = try #require(SeededRandom(words: [1, 2, 3, 4]))
        let first = (0..<6).map { _ in random.next() }
        #expect(
            first == [
                41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205,
                9_973_669_472_204_895_162,
            ])
    }

    @Test func `the same seed repeats and another differs`() {
        var one = SeededRandom(seed: 7)
        var same = SeededRandom(seed: 7)
        var other = SeededRandom(seed: 8)
        let numbers = (0..<100).map { _ in one.next() }
        #expect(numbers == (0..<100).map { _ in same.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
    }

    @Test func `streams under one seed do not share their numbers`() {
        var latency = SeededRandom(seed: 1, stream: "latency")
        var counters = SeededRandom(seed: 1, stream: "counters")
        #expect((0..<10).map { _ in latency.next() } != (0..<10).map { _ in counters.next() })
    }

    @Test func `a sequence continued from its words goes on where it stood`() throws {
        var random = SeededRandom(seed: 3)
        _ = random.next()
        var continued = try #require(SeededRandom(words: random.words))
        #expect(continued == random)
        #expect(continued.next() == random.next())
    }

    @Test(arguments: [[], [0, 0, 0, 0], [1, 2, 3], [1, 2, 3, 4, 5]] as [[UInt64]])
    func `words that are no state are refused`(words: [UInt64]) {
        #expect(SeededRandom(words: words) == nil)
    }

    @Test func `uniform numbers stay in range and have the mean and variance of their distribution`() {
        var random = SeededRandom(seed: 1)
        let numbers = (0..<100_000).map { _ in random.uniform() }
        #expect(numbers.allSatisfy { (0..<1).contains($0) })
        let mean = numbers.reduce(0, +) / 100_000
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        // Five standard errors of the mean (0.2887 / sqrt n) and of the variance (0.0745 / sqrt n).
        #expect(abs(mean - 0.5) < 0.0046)
        #expect(abs(variance - 1.0 / 12) < 0.0012)
    }

    @Test func `normal numbers have mean 0 and variance 1`() {
        var random = SeededRandom(seed: 1)
        let numbers = (0..<100_000).map { _ in random.normal() }
        let mean = numbers.reduce(0, +) / 100_000
        let variance = numbers.reduce(0) { $0 + $1 * $1 } / 100_000
        #expect(abs(mean) < 0.016)
        #expect(abs(variance - 1) < 0.023)
    }

    @Test func `an index stays below its bound and reaches every value`() {
        var random = SeededRandom(seed: 2)
        #expect(Set((0..<1_000).map { _ in random.index(below: 7) }) == Set(0..<7))
    }
}
