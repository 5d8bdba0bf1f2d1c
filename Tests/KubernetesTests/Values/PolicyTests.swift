import Measures
import Testing

@testable import Kubernetes

@Suite("The rate limit")
struct TokenBucketTests {
    private func at(_ milliseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func `so many at once, then one after the other, each behind the one before`() {
        var bucket = TokenBucket(capacity: 3, tokensPerSecond: 10, now: at(0))
        let waits = (0..<5).map { _ in bucket.take(at: at(0), patienceNanoseconds: .max) }
        #expect(waits == [0, 0, 0, 100_000_000, 200_000_000])
    }

    @Test func `fills up with time, and no further than it holds`() {
        var bucket = TokenBucket(capacity: 2, tokensPerSecond: 10, now: at(0))
        for _ in 0..<2 { _ = bucket.take(at: at(0), patienceNanoseconds: .max) }
        #expect(bucket.take(at: at(100), patienceNanoseconds: .max) == 0)
        let waits = (0..<3).map { _ in bucket.take(at: at(3_600_000), patienceNanoseconds: .max) }
        #expect(waits == [0, 0, 100_000_000])
    }

    @Test func `who would wait too long is turned away and holds nobody up`() {
        var bucket = TokenBucket(capacity: 1, tokensPerSecond: 1, now: at(0))
        #expect(bucket.take(at: at(0), patienceNanoseconds: 0) == 0)
        #expect(bucket.take(at: at(0), patienceNanoseconds: 999_999_999) == nil)
        #expect(bucket.take(at: at(0), patienceNanoseconds: 1_000_000_000) == 1_000_000_000)
    }

    @Test func `a clock that stands still or a limit of nothing is no trap`() {
        var bucket = TokenBucket(capacity: 0, tokensPerSecond: 0, now: at(5))
        #expect(bucket.take(at: at(5), patienceNanoseconds: 0) == 0)
        #expect(bucket.take(at: at(4), patienceNanoseconds: 1_000_000_000) == nil)
    }
}

@Suite("Sending again")
struct RetryPolicyTests {
    private let policy = RetryPolicy(
        tries: 3, firstWaitMilliseconds: 100, longestWaitMilliseconds: 300, longestRetryAfterSeconds: 10)

    private func wait(_ error: KubernetesError, tried: Int = 1, isRepeatable: Bool = true) -> UInt64? {
        var random = SeededRandom(seed: 1)
        return policy.wait(after: error, tried: tried, isRepeatable: isRepeatable, random: &random)
    }

    @Test(arguments: [
        (KubernetesError.Code.unreachable, true), (.interrupted, true), (.timeout, true), (.tooManyRequests, true),
        (.unavailable, true),
        (.serverFailed, false), (.forbidden, false), (.unauthorized, false), (.conflict, false), (.notFound, false),
        (.tls, false),
        (.disruptionBudget, false), (.expired, false), (.invalid, false), (.cancelled, false), (.configuration, false),
    ])
    func `what may pass is tried again, what will not is not`(code: KubernetesError.Code, isTried: Bool) {
        #expect((wait(KubernetesError(code, "x")) != nil) == isTried)
    }

    @Test func `what must not happen twice is only sent again when it has not happened`() {
        let lost = KubernetesError(.interrupted, "x", mayHaveBeenDone: true)
        #expect(wait(lost, isRepeatable: false) == nil)
        #expect(wait(lost, isRepeatable: true) != nil)
        #expect(wait(KubernetesError(.tooManyRequests, "x"), isRepeatable: false) != nil)
    }

    @Test func `waits double, have an upper bound, and tries an end`() throws {
        var random = SeededRandom(seed: 7)
        for (tried, milliseconds) in [(1, 100.0), (2, 200), (3, 300), (4, 300), (99, 300)] {
            let wait = RetryPolicy.backOff(
                attempt: tried, firstMilliseconds: 100, longestMilliseconds: 300, random: &random)
            #expect((milliseconds * 0.5e6...milliseconds * 1e6).contains(Double(wait)))
        }
        #expect(wait(KubernetesError(.unavailable, "x"), tried: 3) == nil)
    }

    @Test func `the server's wish is the least, and one beyond all patience ends it`() throws {
        let asked = try #require(wait(KubernetesError(.tooManyRequests, "x", retryAfterSeconds: 2)))
        #expect(asked > 2_000_000_000 && asked <= 2_100_000_000)
        #expect(wait(KubernetesError(.tooManyRequests, "x", retryAfterSeconds: 11)) == nil)
        #expect(wait(KubernetesError(.serverFailed, "x", retryAfterSeconds: 1)) != nil)
    }
}
