/// Events of the AMD memory controllers' counters, Zen 4 and later (AMD Processor Programming Reference for family 19h
/// model 11h, UMC performance monitors; Linux 6.12, arch/x86/events/amd/uncore.c).
public enum ZenMemoryEvent {
    /// Bit that switches the counter on.
    public static let enable: UInt64 = 1 << 31
    /// Event number of column accesses: bursts of 64 bytes.
    public static let columnAccess: UInt64 = 0x0A
    /// Bits 9...8: reads only, writes only, or both.
    public enum Direction: UInt64, Hashable, Sendable {
        /// Reads and writes.
        case both = 0
        /// Reads only.
        case reads = 1
        /// Writes only.
        case writes = 2
    }
    /// Bytes of one access.
    public static let bytesPerAccess = 64
    /// A counter that has reached this bit is to be set to zero: at 48 bits it stops instead of wrapping.
    public static let resetAt: UInt64 = 1 << 47
    /// The flag of a counter that has stopped.
    public static let overflow: UInt64 = 1 << 48

    /// What Linux' amd_umc device takes as `config` for column accesses.
    public static func perfConfiguration(_ direction: Direction) -> UInt64 { columnAccess | direction.rawValue << 8 }

    /// The control register's value for column accesses, the counter switched on.
    public static func encoding(_ direction: Direction) -> UInt64 { perfConfiguration(direction) | enable }
}
