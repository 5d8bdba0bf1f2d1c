/// When failures take a worker out and when it may come back.
public struct HealthRules: Hashable, Sendable {
    /// So many failures in a row, all within `failureWindowSeconds`, eject a worker. HAProxy's `observe` and Envoy's
    /// outlier detection count in a row, too; nginx has 1 (`max_fails`), which one cut connection is enough for.
    public var failuresToEject: Int
    /// How long a row of failures is one row, in seconds; nginx' `fail_timeout`.
    public var failureWindowSeconds: Double
    /// How long the first ejection lasts, in seconds; nginx' `fail_timeout`. Each further one without a success between
    /// lasts twice as long.
    public var ejectionSeconds: Double
    /// No ejection lasts longer, in seconds; Envoy's `max_ejection_time`.
    public var longestEjectionSeconds: Double
    /// How long a worker that said it is full is left alone when it named no time, in seconds.
    public var fullSeconds: Double

    /// Rules as described; all must be positive.
    public init(
        failuresToEject: Int = 3, failureWindowSeconds: Double = 10, ejectionSeconds: Double = 10,
        longestEjectionSeconds: Double = 300, fullSeconds: Double = 1
    ) {
        precondition(
            failuresToEject > 0 && failureWindowSeconds > 0 && ejectionSeconds > 0 && longestEjectionSeconds > 0
                && fullSeconds > 0, "health rules are positive")
        self.failuresToEject = failuresToEject
        self.failureWindowSeconds = failureWindowSeconds
        self.ejectionSeconds = ejectionSeconds
        self.longestEjectionSeconds = longestEjectionSeconds
        self.fullSeconds = fullSeconds
    }

    /// How long the `number`-th ejection in a row lasts, counted from 1, in nanoseconds.
    func ejectionNanoseconds(number: Int) -> UInt64 {
        let doublings = Double(UInt64(1) << UInt64(min(max(number - 1, 0), 32)))
        return nanoseconds(min(ejectionSeconds * doublings, longestEjectionSeconds))
    }
}

/// `seconds` in whole nanoseconds, at least none and at most the length of the time line.
func nanoseconds(_ seconds: Double) -> UInt64 {
    UInt64(exactly: (max(seconds, 0) * 1e9).rounded()) ?? .max
}
