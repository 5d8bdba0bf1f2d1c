/// Registers of one logical CPU or one physical core. Numbers: Intel Software Developer's Manual volume 4, table 2-2
/// (architectural MSRs) and the tables of each model; the scopes are those manuals' "thread" and "core".
extension RegisterAddress {
    /// IA32_TIME_STAMP_COUNTER: ticks at the nominal clock, whatever the CPU does. Thread scope, 64 bits.
    public static let timeStampCounter = RegisterAddress(0x10)
    /// MSR_PLATFORM_INFO: bits 15...8 are the nominal clock in units of the bus clock. Package scope.
    public static let platformInfo = RegisterAddress(0xCE)
    /// TSX_FORCE_ABORT: bit 0 clear means that microcode uses programmable counter 3 (Intel advisory on RTM, 2019).
    public static let transactionForceAbort = RegisterAddress(0x10F)
    /// IA32_FIXED_CTR_CTRL: four bits per fixed counter: 0 kernel, 1 user, 2 any thread, 3 interrupt.
    public static let fixedCounterControl = RegisterAddress(0x38D)
    /// IA32_PERF_GLOBAL_STATUS: overflow flags, bit i for programmable and bit 32 + i for fixed counter i.
    public static let globalStatus = RegisterAddress(0x38E)
    /// IA32_PERF_GLOBAL_CTRL: enable flags in the same layout.
    public static let globalControl = RegisterAddress(0x38F)
    /// IA32_PERF_GLOBAL_OVF_CTRL: writing 1 clears the flag of the same place in `globalStatus`.
    public static let globalOverflowControl = RegisterAddress(0x390)
    /// MSR_CORE_C3_RESIDENCY: ticks at the nominal clock in core state C3. Core scope, 64 bits.
    public static let coreC3Residency = RegisterAddress(0x3FC)
    /// MSR_CORE_C6_RESIDENCY: as `coreC3Residency`, for C6.
    public static let coreC6Residency = RegisterAddress(0x3FD)
    /// MSR_CORE_C7_RESIDENCY: as `coreC3Residency`, for C7.
    public static let coreC7Residency = RegisterAddress(0x3FE)
    /// MSR_CORE_C1_RES: as `coreC3Residency`, for C1. Ice Lake servers and later only.
    public static let coreC1Residency = RegisterAddress(0x660)
    /// MSR_PKG_C2_RESIDENCY: ticks at the nominal clock in package state C2. Package scope, 64 bits.
    public static let packageC2Residency = RegisterAddress(0x60D)
    /// MSR_PKG_C6_RESIDENCY: as `packageC2Residency`, for C6.
    public static let packageC6Residency = RegisterAddress(0x3F9)

    /// IA32_FIXED_CTR0 (retired instructions), 1 (cycles at the actual clock) or 2 (cycles at the nominal clock); the
    /// last two stand still while the CPU is halted. 48 bits on every model named here.
    public static func fixedCounter(_ index: Int) -> RegisterAddress { RegisterAddress(0x309 + UInt32(index)) }

    /// IA32_PMC`index`, a programmable counter. 48 bits on every model named here.
    public static func programmableCounter(_ index: Int) -> RegisterAddress { RegisterAddress(0xC1 + UInt32(index)) }

    /// IA32_PERFEVTSEL`index`: what the programmable counter of the same index counts.
    public static func eventSelect(_ index: Int) -> RegisterAddress { RegisterAddress(0x186 + UInt32(index)) }

    /// One more than the highest number named here: what a file that stands in for the device has to cover.
    public static let end = RegisterAddress(0xC90)
}
