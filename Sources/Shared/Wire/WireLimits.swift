/// The protocol's version and bounds, the same on every side.
public enum WireLimits {
    /// A peer of another major version is refused.
    public static let protocolMajor: UInt32 = 1
    /// Raised when fields are added; peers of another minor version are taken.
    public static let protocolMinor: UInt32 = 2
    /// The largest message that a socket takes, in bytes.
    public static let messageBytes = 1 << 20
    /// The memory that decoding one message may take in all, in bytes; only the text of a reply may be larger, by as
    /// many bytes as have in fact arrived.
    public static let decodingBudgetBytes = 1 << 20
    /// The intervals at which an agent can be asked to sample, in milliseconds.
    public static let intervalMilliseconds: ClosedRange<UInt32> = 10...60_000
    /// The containers that one part of a report may have, so that a part stays well below the size of a message.
    public static let containersPerPart = 256
    /// The parts that one report may have.
    public static let reportParts = 16
    /// The leases, and the events, that one report may have.
    public static let leasesPerReport = 256
    /// The named values that one query may carry.
    public static let queryArguments = 64
}
