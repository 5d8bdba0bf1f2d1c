/// What lending and taking of limits is told at start.
public struct LeaseSettings: Hashable, Sendable {
    /// Whether limits may be changed at all. Off by default: then every request is refused, and only what an earlier
    /// agent left behind is given back.
    public var isEnabled: Bool
    /// The file that keeps what every changed limit was before, so that an agent started after this one was killed can
    /// give it back. It belongs on a file system that a reboot clears, as it clears the control groups.
    public var statePath: String
    /// The longest lease, in nanoseconds; one that is still needed is renewed.
    public var longestNanoseconds: UInt64
    /// The most leases at once.
    public var maximumLeases: Int
    /// The share of a lowered limit at which the owner's use counts as near it (0.9: Freyr, section 4).
    public var nearShare: Double
    /// Over how long CPU use is compared with a lowered limit, in nanoseconds.
    public var windowNanoseconds: UInt64
    /// How often leased containers are looked at, in nanoseconds: several times in a window, so that the limit is back
    /// well within 100 ms of the use that asks for it.
    public var watchNanoseconds: UInt64
    /// The memory that must be left between a container's working set and a lowered limit, in bytes. A core touches at
    /// most about 2 GB/s of new memory, 40 MB between two looks: less than this would be a way to the OOM killer.
    public var memoryMarginBytes: UInt64
    /// The most memory that the kernel may have to reclaim at once when a limit is lowered, in bytes: the write lasts
    /// as long as that does, and every other lease waits.
    public var reclaimBytes: UInt64

    /// Settings as given.
    public init(
        isEnabled: Bool = false, statePath: String = "/run/reeve-agent/leases",
        longestNanoseconds: UInt64 = 600_000_000_000, maximumLeases: Int = 64, nearShare: Double = 0.9,
        windowNanoseconds: UInt64 = 100_000_000, watchNanoseconds: UInt64 = 20_000_000,
        memoryMarginBytes: UInt64 = 48 << 20, reclaimBytes: UInt64 = 64 << 20
    ) {
        self.isEnabled = isEnabled
        self.statePath = statePath
        self.longestNanoseconds = longestNanoseconds
        self.maximumLeases = maximumLeases
        self.nearShare = nearShare
        self.windowNanoseconds = windowNanoseconds
        self.watchNanoseconds = watchNanoseconds
        self.memoryMarginBytes = memoryMarginBytes
        self.reclaimBytes = reclaimBytes
    }
}
