/// An event that a counter of an AMD core can count (AMD Processor Programming References for families 17h to 1Ah,
/// "Core Performance Monitor Counters"; Linux 6.12, tools/perf/pmu-events/arch/x86/amdzen1 to amdzen5).
public struct ZenCoreEvent: Hashable, Sendable, CustomStringConvertible {
    /// Event number, 12 bits: 7...0 and 35...32 of PERF_CTL.
    public let event: UInt16
    /// Unit mask, bits 15...8.
    public let unitMask: UInt8
    /// The event's name in AMD's event tables.
    public let name: String

    /// The event `event`/`unitMask`, called `name`.
    public init(event: UInt16, unitMask: UInt8, name: String) {
        self.event = event & 0xFFF
        self.unitMask = unitMask
        self.name = name
    }

    /// Bit 16 of PERF_CTL: count in user mode.
    public static let userMode: UInt64 = 1 << 16
    /// Bit 17: count in kernel mode.
    public static let kernelMode: UInt64 = 1 << 17
    /// Bit 20: interrupt on overflow. Never set by this project.
    public static let interrupt: UInt64 = 1 << 20
    /// Bit 22: enable.
    public static let enable: UInt64 = 1 << 22
    /// Bit 40: count only while a guest runs.
    public static let guestOnly: UInt64 = 1 << 40
    /// Bit 41: count only while the host runs. With neither of the two, both count.
    public static let hostOnly: UInt64 = 1 << 41
    /// Counters of a core.
    public static let counters = 6

    /// The value of PERF_CTL that counts the event in user and kernel mode, of host and guests, without interrupt.
    public var encoding: UInt64 {
        UInt64(event & 0xFF) | UInt64(event >> 8) << 32 | UInt64(unitMask) << 8
            | Self.userMode | Self.kernelMode | Self.enable
    }

    /// Name and numbers, as in "ls_not_halted_cyc (76/00)".
    public var description: String { "\(name) (\(hexadecimal(event))/\(hexadecimal(unitMask)))" }

    /// Retired instructions, on every Zen.
    public static let instructions = ZenCoreEvent(event: 0xC0, unitMask: 0, name: "ex_ret_instr")
    /// Cycles at the actual clock while the CPU executes, on every Zen.
    public static let cycles = ZenCoreEvent(event: 0x76, unitMask: 0, name: "ls_not_halted_cyc")
    /// Cycles at the nominal clock while the CPU executes. Zen 4 and later; before, only MPERF tells.
    public static let referenceCycles = ZenCoreEvent(
        event: 0x120, unitMask: 0x01, name: "ls_not_halted_p0_cyc.p0_freq_cyc")
    /// Lines that the core's data cache got from memory or input/output, near and far. Zen 3 and later. Not the misses
    /// of the last-level cache, which no counter of a core shows.
    public static let memoryFills = ZenCoreEvent(
        event: 0x44, unitMask: 0x48, name: "ls_any_fills_from_sys.dram_io_all")
    /// The near part of `memoryFills`.
    public static let nearMemoryFills = ZenCoreEvent(
        event: 0x44, unitMask: 0x08, name: "ls_any_fills_from_sys.dram_io_near")
    /// The far part of `memoryFills`.
    public static let farMemoryFills = ZenCoreEvent(
        event: 0x44, unitMask: 0x40, name: "ls_any_fills_from_sys.dram_io_far")
}
