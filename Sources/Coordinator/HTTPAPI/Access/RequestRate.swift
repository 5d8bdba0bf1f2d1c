import Measures
import Synchronization

/// How many requests each kind of asker may send: a bucket of tokens for each, so that whoever has none cannot keep out those
/// who have.
final class RequestRate: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: MonotonicInstant
    }

    private let perSecond: Double
    private let burst: Double
    private let time: any TimeSource
    private let buckets: Mutex<[Role: Bucket]>

    /// Full buckets that fill at `perSecond` up to `burst`.
    init(perSecond: Int, burst: Int, time: any TimeSource) {
        self.perSecond = Double(perSecond)
        self.burst = Double(burst)
        self.time = time
        let full = Bucket(tokens: Double(burst), filledAt: time.now)
        buckets = Mutex(Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, full) }))
    }

    /// Counts a request of `role`. Throws `Problem` when there have been too many, with the time to wait.
    func take(_ role: Role) throws(Problem) {
        let wait = buckets.withLock { buckets -> Double? in
            let now = time.now
            var bucket = buckets[role] ?? Bucket(tokens: burst, filledAt: now)
            bucket.tokens = min(burst, bucket.tokens + now.seconds(since: bucket.filledAt) * perSecond)
            bucket.filledAt = now
            defer { buckets[role] = bucket }
            guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / perSecond }
            bucket.tokens -= 1
            return nil
        }
        guard let wait else { return }
        throw .tooManyRequests(
            "more than \(Int(perSecond)) requests a second have come lately", retryAfterSeconds: Int(wait.rounded(.up)))
    }
}
