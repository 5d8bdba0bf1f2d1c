import Influx
import Measures
import Testing

@Suite("Pauses between attempts")
struct RetryPauseTests {
    @Test(arguments: [(1, UInt64(100)), (2, 200), (3, 400), (4, 800), (5, 1_000), (64, 1_000), (10_000, 1_000)])
    func `double up to the longest, and lie in its upper half`(failures: Int, most: UInt64) {
        var random = SeededRandom(seed: 3)
        let pause = RetryPause(first: 100, longest: 1_000)
        let drawn = (0..<200).map { _ in pause.nanoseconds(afterFailures: failures, &random) }
        #expect(drawn.allSatisfy { $0 >= most / 2 && $0 <= most })
        #expect(Set(drawn).count > 20)
    }

    @Test func `do not overflow`() {
        var random = SeededRandom(seed: 3)
        let pause = RetryPause(first: .max / 2, longest: .max)
        #expect(pause.nanoseconds(afterFailures: 5, &random) >= .max / 2 - 1)
    }
}
