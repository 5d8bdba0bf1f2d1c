public import Measures

/// When a request that failed is sent again.
public struct RetryPolicy: Hashable, Sendable {
    /// How often a request is sent in all.
    public var tries: Int
    /// The wait before the second try, in milliseconds; each further one is twice as long.
    public var firstWaitMilliseconds: UInt64
    /// The longest wait that is not asked for by the server, in milliseconds.
    public var longestWaitMilliseconds: UInt64
    /// The longest wait asked for by the server that is waited for, in seconds; beyond it the request fails.
    public var longestRetryAfterSeconds: Int

    /// A policy as described.
    public init(
        tries: Int = 5, firstWaitMilliseconds: UInt64 = 200, longestWaitMilliseconds: UInt64 = 10_000,
        longestRetryAfterSeconds: Int = 30
    ) {
        self.tries = tries
        self.firstWaitMilliseconds = firstWaitMilliseconds
        self.longestWaitMilliseconds = longestWaitMilliseconds
        self.longestRetryAfterSeconds = longestRetryAfterSeconds
    }

    /// The nanoseconds to wait before try number `tried` + 1 after `error` ended try number `tried`; nil when there is
    /// to be none. `isRepeatable` says whether the request does no harm when it is carried out twice.
    public func wait(
        after error: KubernetesError, tried: Int, isRepeatable: Bool, random: inout SeededRandom
    ) -> UInt64? {
        guard tried < tries, isPassing(error), isRepeatable || !error.mayHaveBeenDone else { return nil }
        let backOff = Self.backOff(
            attempt: tried, firstMilliseconds: firstWaitMilliseconds, longestMilliseconds: longestWaitMilliseconds,
            random: &random)
        guard let seconds = error.retryAfterSeconds else { return backOff }
        guard seconds <= longestRetryAfterSeconds else { return nil }
        return UInt64(seconds) * 1_000_000_000 + backOff
    }

    /// Whether it may go better the next time.
    private func isPassing(_ error: KubernetesError) -> Bool {
        switch error.code {
        case .unreachable, .interrupted, .timeout, .tooManyRequests, .unavailable: true
        case .serverFailed: error.retryAfterSeconds != nil
        default: false
        }
    }

    /// A wait that doubles with each attempt, from 1, up to the longest, of which a random half is taken off so that
    /// many who failed together do not come back together. In nanoseconds.
    static func backOff(
        attempt: Int, firstMilliseconds: UInt64, longestMilliseconds: UInt64, random: inout SeededRandom
    ) -> UInt64 {
        let doublings = UInt64(min(max(attempt - 1, 0), 30))
        let (wait, overflow) = firstMilliseconds.multipliedReportingOverflow(by: 1 << doublings)
        let whole = overflow ? longestMilliseconds : min(wait, longestMilliseconds)
        return UInt64(Double(whole) * 1e6 * (0.5 + 0.5 * random.uniform()))
    }
}
