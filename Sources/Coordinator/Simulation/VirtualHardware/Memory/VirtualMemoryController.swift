import Registers

/// The counters of one AMD memory controller (Zen 4 and later). They do not wrap: at 48 bits they stop, and bit 48 says
/// so.
struct VirtualMemoryController {
    private static let bits: UInt64 = ~(ZenMemoryEvent.enable | 0b11 << 8 | 0xFF)

    private var counters: SharedCounters

    init(channel: Int, registers: [RegisterMemory], profile: HardwareProfile) {
        counters = SharedCounters(members: registers, pairs: profile.controllerCounters(channel))
    }

    /// Lets time pass in which the channel reads and writes so many bursts.
    mutating func step(readBursts: Double, writeBursts: Double) {
        counters.step(
            amount: { control in
                guard control & ZenMemoryEvent.enable != 0, control & 0xFF == ZenMemoryEvent.columnAccess,
                    control & Self.bits == 0
                else { return nil }
                return switch ZenMemoryEvent.Direction(rawValue: control >> 8 & 0b11) {
                case .both: readBursts + writeBursts
                case .reads: readBursts
                case .writes: writeBursts
                case nil: nil
                }
            }, stored: { Self.saturated($0) })
    }

    private static func saturated(_ sum: UInt64) -> UInt64 {
        sum > CounterWidth.bits48.mask ? ZenMemoryEvent.overflow | CounterWidth.bits48.mask : sum
    }
}
