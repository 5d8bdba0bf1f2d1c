public import Measures

/// A limit on how often something may be done: so many at once, and so many a second in the long run. Whoever takes a
/// token that is not there yet is told how long to wait for it, and the next waits behind.
public struct TokenBucket: Hashable, Sendable {
    private let capacity: Double
    private let tokensPerNanosecond: Double
    private var tokens: Double
    private var filledAt: MonotonicInstant

    /// A full bucket of `capacity` tokens, at least one, into which `tokensPerSecond`, more than none, fall.
    public init(capacity: Int, tokensPerSecond: Double, now: MonotonicInstant) {
        self.capacity = Double(max(capacity, 1))
        tokensPerNanosecond = max(tokensPerSecond, 1e-6) / 1e9
        tokens = self.capacity
        filledAt = now
    }

    /// Takes a token; returns the nanoseconds to wait before it may be used, or nil, having taken none, when that would
    /// be more than `patience`.
    public mutating func take(at now: MonotonicInstant, patienceNanoseconds patience: UInt64) -> UInt64? {
        tokens = min(capacity, tokens + Double(now.nanoseconds(since: filledAt)) * tokensPerNanosecond)
        filledAt = max(now, filledAt)
        guard tokens < 1 else {
            tokens -= 1
            return 0
        }
        let wait = ((1 - tokens) / tokensPerNanosecond).rounded(.up)
        guard wait <= Double(patience) else { return nil }
        tokens -= 1
        return UInt64(wait)
    }
}
