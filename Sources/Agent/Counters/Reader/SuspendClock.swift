#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How long the machine has been suspended since it was booted, in nanoseconds. The monotonic clock stands still meanwhile,
/// so that by it alone a suspend cannot be seen; the processor forgets its programming in it.
struct SuspendClock: Sendable {
    let nanoseconds: @Sendable () -> UInt64

    /// A machine that is never suspended, as virtual hardware on a clock of its own.
    static let never = SuspendClock { 0 }

    /// What the kernel's boot-time clock is ahead of its monotonic one (clock_gettime(2)).
    static let system = SuspendClock {
        var boot = timespec()
        var monotonic = timespec()
        guard clock_gettime(CLOCK_BOOTTIME, &boot) == 0, clock_gettime(CLOCK_MONOTONIC, &monotonic) == 0 else { return 0 }
        let ahead = (boot.tv_sec - monotonic.tv_sec) * 1_000_000_000 + (boot.tv_nsec - monotonic.tv_nsec)
        return UInt64(max(0, ahead))
    }

    /// Less than this is the time between reading the two clocks.
    static let leastSuspend: UInt64 = 100_000_000
}
