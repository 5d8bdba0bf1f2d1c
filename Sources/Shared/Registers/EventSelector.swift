/// An event that a programmable counter of a core can count.
public struct EventSelector: Hashable, Sendable, CustomStringConvertible {
    /// Event number, bits 7...0 of IA32_PERFEVTSEL.
    public let event: UInt8
    /// Unit mask, bits 15...8: which kinds of the event.
    public let unitMask: UInt8
    /// The event's name in Intel's event tables.
    public let name: String

    /// The event `event`/`unitMask`, called `name`.
    public init(event: UInt8, unitMask: UInt8, name: String) {
        self.event = event
        self.unitMask = unitMask
        self.name = name
    }

    /// Bit 16 of IA32_PERFEVTSEL: count in user mode.
    public static let userMode: UInt64 = 1 << 16
    /// Bit 17: count in kernel mode.
    public static let kernelMode: UInt64 = 1 << 17
    /// Bit 20: interrupt on overflow. Never set by this project.
    public static let interrupt: UInt64 = 1 << 20
    /// Bit 22: enable.
    public static let enable: UInt64 = 1 << 22

    /// The value of IA32_PERFEVTSEL that counts the event in user and kernel mode, without interrupt
    /// (Software Developer's Manual volume 3, figure 20-1).
    public var encoding: UInt64 {
        UInt64(event) | UInt64(unitMask) << 8 | Self.userMode | Self.kernelMode | Self.enable
    }

    /// Name and numbers, as in "longest_lat_cache.miss (2E/41)".
    public var description: String { "\(name) (\(hexadecimal(event))/\(hexadecimal(unitMask)))" }

    /// Retired instructions, for CPUs without a fixed counter for them. Architectural (SDM volume 3, table 20-1).
    public static let instructionsRetired = EventSelector(event: 0xC0, unitMask: 0x00, name: "inst_retired.any_p")
    /// Cycles at the actual clock while not halted, for CPUs without a fixed counter for them. Architectural.
    public static let unhaltedCycles = EventSelector(event: 0x3C, unitMask: 0x00, name: "cpu_clk_unhalted.thread_p")
    /// Core-originated cacheable requests that miss the last-level cache, prefetches included. Architectural (SDM
    /// volume 3, table 20-1), so comparable between families.
    public static let lastLevelCacheMiss = EventSelector(event: 0x2E, unitMask: 0x41, name: "longest_lat_cache.miss")
    /// Core-originated cacheable requests that reach the last-level cache. Architectural.
    public static let lastLevelCacheReference = EventSelector(
        event: 0x2E, unitMask: 0x4F, name: "longest_lat_cache.reference")
    /// Retired demand loads that missed the L3 (Skylake-SP to Granite Rapids event tables).
    public static let loadRetiredL3Miss = EventSelector(event: 0xD1, unitMask: 0x20, name: "mem_load_retired.l3_miss")
    /// Retired demand loads that hit the L3 (same tables).
    public static let loadRetiredL3Hit = EventSelector(event: 0xD1, unitMask: 0x04, name: "mem_load_retired.l3_hit")
}

/// A number in at least two digits, as the event tables write it.
func hexadecimal(_ number: some BinaryInteger) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
}

/// Values for the registers that switch core counters on.
public enum CounterControl {
    /// IA32_FIXED_CTR_CTRL for fixed counters 0 to 2 in user and kernel mode, without interrupt or any-thread.
    public static let fixedUserAndKernel: UInt64 = 0x333
    /// The control bits of the first `count` fixed counters in IA32_FIXED_CTR_CTRL, four for each.
    public static func fixedMask(_ count: Int) -> UInt64 { (1 << UInt64(4 * count)) - 1 }
    /// The interrupt bits of fixed counters 0 to 2 in IA32_FIXED_CTR_CTRL.
    public static let fixedInterrupts: UInt64 = 0x888

    /// The bits of IA32_PERF_GLOBAL_CTRL for the first `fixed` fixed counters and the first `programmable`
    /// programmable ones.
    public static func globalEnable(fixed: Int = 3, programmable: Int) -> UInt64 {
        ((1 << UInt64(fixed)) - 1) << 32 | ((1 << UInt64(programmable)) - 1)
    }
}
