/// The unit in which points are stamped. A coarser one is stored in less room.
public enum TimestampPrecision: String, Sendable, CaseIterable {
    /// Nanoseconds, InfluxDB's own unit.
    case nanoseconds = "ns"
    /// Microseconds.
    case microseconds = "us"
    /// Milliseconds.
    case milliseconds = "ms"
    /// Seconds.
    case seconds = "s"

    /// Nanoseconds in one unit.
    public var nanosecondsPerUnit: Int64 {
        switch self {
        case .nanoseconds: 1
        case .microseconds: 1_000
        case .milliseconds: 1_000_000
        case .seconds: 1_000_000_000
        }
    }

    /// The unit that `nanoseconds` lies in, counted from 1970; before 1970, too.
    func stamp(_ nanoseconds: Int64) -> Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: nanosecondsPerUnit)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
