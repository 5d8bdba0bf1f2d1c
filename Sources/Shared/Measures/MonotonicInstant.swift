/// A point on one machine's monotonic time line, in nanoseconds since an arbitrary start.
///
/// Instants of different machines must never be compared: between machines only ages travel.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the time line's start.
    public let nanoseconds: UInt64

    /// The instant `nanoseconds` after the time line's start.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Earlier compares as less.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `nanoseconds` later, at most the end of the time line.
    public func advanced(byNanoseconds nanoseconds: UInt64) -> Self {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return Self(nanoseconds: overflow ? .max : sum)
    }

    /// The instant `nanoseconds` earlier, at least the start of the time line.
    public func reversed(byNanoseconds nanoseconds: UInt64) -> Self {
        Self(nanoseconds: self.nanoseconds > nanoseconds ? self.nanoseconds - nanoseconds : 0)
    }

    /// Nanoseconds from `earlier` to this instant; 0 when `earlier` is in fact later.
    public func nanoseconds(since earlier: Self) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }

    /// Seconds from `earlier` to this instant; 0 when `earlier` is in fact later.
    public func seconds(since earlier: Self) -> Double {
        Double(nanoseconds(since: earlier)) * 1e-9
    }
}
