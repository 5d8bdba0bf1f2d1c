/// How often each kind of counter is read, in seconds.
public struct SamplingPeriods: Hashable, Sendable {
    /// How often the caller means to sample. An interval of more than three periods, and more than a second, is dropped
    /// as a pause.
    public var tick: Double
    /// Packages, memory, energy and temperature, where that is longer than `tick`; their metrics are absent in between.
    public var slow: Double
    /// The kernel's accounting of time, where that is longer than `tick`. It moves in steps of 10 ms, so that a share of
    /// less than half a second is coarse.
    public var accounting: Double

    /// Periods as given.
    public init(tick: Double, slow: Double = 0.1, accounting: Double = 0.5) {
        self.tick = tick
        self.slow = slow
        self.accounting = accounting
    }

    /// The period of a cadence in nanoseconds; everything is due at each sample where it is shorter than a tick.
    func nanoseconds(_ cadence: Cadence) -> UInt64 {
        let seconds =
            switch cadence {
            case .tick: 0.0
            case .slow: slow > tick ? slow : 0
            case .accounting: accounting > tick ? accounting : 0
            }
        return UInt64(min(max(0, seconds), 1e6) * 1e9)
    }

    /// The least time between two values of a cadence's columns, in milliseconds; nil where each sample has one. The
    /// tick has no part in it, so that columns stay what they are when another interval is ordered: whoever knows the
    /// interval as well knows which of the two is longer.
    func columnMilliseconds(_ cadence: Cadence) -> UInt32? {
        let seconds =
            switch cadence {
            case .tick: 0.0
            case .slow: slow
            case .accounting: accounting
            }
        let milliseconds = UInt32(min(max(0, seconds), 1e6) * 1e3)
        return milliseconds == 0 ? nil : milliseconds
    }

    /// What an interval between two samples lasts at most: three periods, and never less than a second.
    var longestIntervalNanoseconds: UInt64 { UInt64(min(max(3 * tick, 1), 1e6) * 1e9) }
}
