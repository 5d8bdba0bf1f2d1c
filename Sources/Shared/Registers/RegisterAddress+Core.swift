/// Counters of one logical CPU on Intel processors and what controls them. Numbers: Intel Software Developer's Manual
/// volume 4, table 2-2 (architectural MSRs) and the tables of each model. All are of thread scope.
extension RegisterAddress {
    /// TSX_FORCE_ABORT: bit 0 clear means that microcode uses programmable counter 3 (Intel advisory on RTM, 2019).
    public static let transactionForceAbort = RegisterAddress(0x10F)
    /// IA32_PERF_CAPABILITIES: bit 13 says that the counters can be written over their whole width.
    public static let performanceCapabilities = RegisterAddress(0x345)
    /// IA32_FIXED_CTR_CTRL: four bits per fixed counter: 0 kernel, 1 user, 2 any thread, 3 interrupt.
    public static let fixedCounterControl = RegisterAddress(0x38D)
    /// IA32_PERF_GLOBAL_STATUS: overflow flags, bit i for programmable and bit 32 + i for fixed counter i.
    public static let globalStatus = RegisterAddress(0x38E)
    /// IA32_PERF_GLOBAL_CTRL: enable flags in the same layout.
    public static let globalControl = RegisterAddress(0x38F)
    /// IA32_PERF_GLOBAL_OVF_CTRL: writing 1 clears the flag of the same place in `globalStatus`.
    public static let globalOverflowControl = RegisterAddress(0x390)
    /// IA32_PERF_GLOBAL_INUSE: a flag for each counter that is programmed, in the same layout. From version 4 of
    /// architectural performance monitoring on (Skylake); read-only.
    public static let globalInUse = RegisterAddress(0x392)

    /// IA32_FIXED_CTR0 (retired instructions), 1 (cycles at the actual clock), 2 (cycles at the nominal clock) or 3
    /// (slots, Ice Lake and later). All but the slots stand still while the CPU is halted, as does what it feeds. 48
    /// bits on every model named here.
    public static func fixedCounter(_ index: Int) -> RegisterAddress { RegisterAddress(0x309 + UInt32(index)) }

    /// IA32_PMC`index`, a programmable counter. 48 bits on every model named here. A write through this number takes
    /// the low 32 bits and extends their sign.
    public static func programmableCounter(_ index: Int) -> RegisterAddress { RegisterAddress(0xC1 + UInt32(index)) }

    /// IA32_A_PMC`index`: the same counter, written over its whole width. Exists where `performanceCapabilities` says
    /// so.
    public static func fullWidthCounter(_ index: Int) -> RegisterAddress { RegisterAddress(0x4C1 + UInt32(index)) }

    /// IA32_PERFEVTSEL`index`: what the programmable counter of the same index counts.
    public static func eventSelect(_ index: Int) -> RegisterAddress { RegisterAddress(0x186 + UInt32(index)) }

    /// One more than the highest number named here for Intel processors: what a file that stands in for the device has
    /// to cover.
    public static let end = RegisterAddress(0xC90)
}

/// Bits of IA32_PERF_CAPABILITIES (Software Developer's Manual volume 3, figure 20-63).
public enum PerformanceCapabilities {
    /// The counters can be written over their whole width through `RegisterAddress.fullWidthCounter`.
    public static let fullWidthWrites: UInt64 = 1 << 13
    /// PERF_METRICS is there, which divides the slots of fixed counter 3.
    public static let metrics: UInt64 = 1 << 15
}
