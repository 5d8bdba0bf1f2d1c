/// An event that a counter of an AMD last-level cache can count: one cache for each core complex (CCX). Layouts: AMD
/// Processor Programming References, ChL3PmcCfg; Linux 6.12, arch/x86/events/amd/uncore.c.
public struct ZenCacheEvent: Hashable, Sendable {
    /// Event number, bits 7...0.
    public let event: UInt8
    /// Unit mask, bits 15...8.
    public let unitMask: UInt8

    /// The event `event`/`unitMask`.
    public init(event: UInt8, unitMask: UInt8) {
        self.event = event
        self.unitMask = unitMask
    }

    /// Bit that switches the counter on.
    public static let enable: UInt64 = 1 << 22
    /// Counters of a cache.
    public static let counters = 6
    /// Zen 1 and 2: bits 51...48 name the slices, 63...56 the threads of the complex.
    public static let allSlicesAndThreads: UInt64 = 0xFF0F_0000_0000_0000
    /// Zen 3 and later: bit 46 takes all slices, bit 47 all cores, bits 57...56 both threads of a core. Without the
    /// first two, bits 50...48 name one slice and 44...42 one core.
    public static let allSlicesCoresAndThreads: UInt64 = 1 << 46 | 1 << 47 | 0b11 << 56

    /// The control value that counts the event of the whole cache.
    public func encoding(_ generation: ProcessorGeneration) -> UInt64 {
        let everything = generation.hasZenCacheThreadMask ? Self.allSlicesAndThreads : Self.allSlicesCoresAndThreads
        return UInt64(event) | UInt64(unitMask) << 8 | Self.enable | everything
    }

    /// Requests to the cache (l3_lookup_state.all_coherent_accesses_to_l3).
    public static let accesses = ZenCacheEvent(event: 0x04, unitMask: 0xFF)
    /// Requests that missed (l3_lookup_state.l3_miss).
    public static let misses = ZenCacheEvent(event: 0x04, unitMask: 0x01)
    /// Requests that hit (l3_lookup_state.l3_hit).
    public static let hits = ZenCacheEvent(event: 0x04, unitMask: 0xFE)
}
