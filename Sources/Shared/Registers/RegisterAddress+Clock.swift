/// Clocks of a logical CPU, the same on Intel and AMD processors (Intel Software Developer's Manual volume 4, table
/// 2-2; AMD Processor Programming Reference for family 17h).
extension RegisterAddress {
    /// IA32_TIME_STAMP_COUNTER: ticks at the nominal clock, whatever the CPU does. Thread scope, 64 bits.
    public static let timeStampCounter = RegisterAddress(0x10)
    /// MSR_SMI_COUNT: system-management interrupts since reset. Thread scope, 32 bits, Intel only.
    public static let systemManagementInterrupts = RegisterAddress(0x34)
    /// MSR_PLATFORM_INFO: bits 15...8 are the nominal clock in units of the bus clock. Package scope, Intel only.
    public static let platformInfo = RegisterAddress(0xCE)
    /// IA32_MPERF: ticks at the rate of the time-stamp counter, only while the CPU executes. Thread scope, 64 bits;
    /// where it exists bit 0 of CPUID.6:ECX is set. The kernel divides differences of it: never written here.
    public static let maximumPerformanceClock = RegisterAddress(0xE7)
    /// IA32_APERF: cycles at the actual clock, only while the CPU executes; otherwise as `maximumPerformanceClock`.
    public static let actualPerformanceClock = RegisterAddress(0xE8)
}

/// What MSR_PLATFORM_INFO tells.
public enum PlatformInfo {
    /// Hertz of the bus clock that the ratio multiplies, from Sandy Bridge on (Software Developer's Manual volume 4,
    /// table 2-20).
    public static let busHertz: UInt64 = 100_000_000

    /// Nominal clock and rate of the time-stamp counter in hertz; nil where the ratio is 0, as guests of KVM see it.
    public static func nominalHertz(_ value: UInt64) -> UInt64? {
        let ratio = value >> 8 & 0xFF
        return ratio == 0 ? nil : ratio * busHertz
    }
}
