/// Events of the AMD data fabric's counters (AMD Processor Programming Reference for family 17h, DF_PERF_CTL; Linux
/// 6.12, arch/x86/events/amd/uncore.c; events: tools/perf/pmu-events/arch/x86/amdzen2/data-fabric.json).
public enum ZenFabricEvent {
    /// Bit that switches the counter on.
    public static let enable: UInt64 = 1 << 22
    /// Counters of a node before performance monitoring version 2; after, CPUID.80000022H:EBX[15:10] tells.
    public static let counters = 4
    /// Memory channels that have an event of their own on Zen 1 to 3.
    public static let channels = 8
    /// Unit mask of all requests with data: reads and writes together, which these counters do not tell apart.
    public static let dataRequests: UInt8 = 0x38
    /// Bytes that one request with data moves: a cache line.
    public static let bytesPerRequest = 64

    /// The number of channel `channel`'s event, 0 to 7, on Zen 1 to 3.
    public static func channelEvent(_ channel: Int) -> UInt16 { UInt16(0x07 + 0x40 * channel) }

    /// The control value in the layout of Zen 1 to 3: event bits 7...0 there, 11...8 at 35...32, 13...12 at 60...59.
    public static func encoding(event: UInt16, unitMask: UInt8) -> UInt64 {
        let wide = UInt64(event)
        return wide & 0xFF | UInt64(unitMask) << 8 | enable | (wide >> 8 & 0xF) << 32 | (wide >> 12 & 0b11) << 59
    }

    /// The control value in the layout of performance monitoring version 2 (Zen 4 and later): event bits 7...0 there
    /// and 13...8 at 37...32; mask bits 7...0 at 15...8 and 11...8 at 27...24.
    public static func wideEncoding(event: UInt16, unitMask: UInt16) -> UInt64 {
        let (event, mask) = (UInt64(event), UInt64(unitMask))
        return event & 0xFF | (mask & 0xFF) << 8 | enable | (mask >> 8 & 0xF) << 24 | (event >> 8 & 0x3F) << 32
    }
}
