public import Measures

/// How long to wait before a batch is sent again: twice as long after each failure in a row, up to a limit, and not the
/// same for everybody who was turned away at the same time.
public struct RetryPause: Hashable, Sendable {
    /// The longest pause after the first failure, in nanoseconds.
    public var first: UInt64
    /// The longest pause of all, in nanoseconds.
    public var longest: UInt64

    /// Pauses from `first` to `longest`.
    public init(first: UInt64 = 1_000_000_000, longest: UInt64 = 60_000_000_000) {
        self.first = first
        self.longest = longest
    }

    /// The pause after the `failures`th failure in a row, which counts from 1: between half of what it has grown to and
    /// all of it.
    public func nanoseconds(afterFailures failures: Int, _ random: inout SeededRandom) -> UInt64 {
        let doublings = UInt64(min(max(failures - 1, 0), 62))
        let (grown, overflow) = first.multipliedReportingOverflow(by: 1 << doublings)
        let pause = overflow ? longest : min(grown, longest)
        return pause / 2 + UInt64(random.uniform() * Double(pause - pause / 2))
    }
}
