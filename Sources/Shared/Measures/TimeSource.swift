#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif
import Synchronization

/// Where a component reads the monotonic time; a parameter everywhere, so that tests and experiments own it.
public protocol TimeSource: Sendable {
    /// The present instant; never earlier than one returned before.
    var now: MonotonicInstant { get }
}

/// The machine's CLOCK_MONOTONIC.
public struct SystemTime: TimeSource {
    /// Reads the machine's clock at each use.
    public init() {}

    /// The present instant of CLOCK_MONOTONIC (clock_gettime).
    public var now: MonotonicInstant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }
}

/// A time line that moves only when told to: for tests and for experiments in virtual time.
public final class ManualTime: TimeSource {
    private let nanoseconds: Atomic<UInt64>

    /// Stands at `start` until moved.
    public init(start: MonotonicInstant = MonotonicInstant(nanoseconds: 0)) {
        nanoseconds = Atomic(start.nanoseconds)
    }

    /// The instant last moved to.
    public var now: MonotonicInstant {
        MonotonicInstant(nanoseconds: nanoseconds.load(ordering: .sequentiallyConsistent))
    }

    /// Moves forward by `nanoseconds`.
    public func advance(byNanoseconds nanoseconds: UInt64) {
        self.nanoseconds.add(nanoseconds, ordering: .sequentiallyConsistent)
    }
}
