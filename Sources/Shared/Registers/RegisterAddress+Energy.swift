/// Energy counters (RAPL, running average power limit) of Intel processors (Software Developer's Manual volume 4, table
/// 2-39 and the server tables). Package scope; the counters wrap at 32 bits. `RunningAveragePower` decodes them. A
/// guest of KVM reads zero from all of them, without an error.
extension RegisterAddress {
    /// MSR_RAPL_POWER_UNIT: the units that the others count in.
    public static let energyUnit = RegisterAddress(0x606)
    /// MSR_PKG_ENERGY_STATUS: the whole package.
    public static let packageEnergy = RegisterAddress(0x611)
    /// MSR_PKG_POWER_INFO: bits 14...0 are the thermal design power in power units.
    public static let packagePowerInfo = RegisterAddress(0x614)
    /// MSR_DRAM_ENERGY_STATUS: the memory of the package, in a unit of its own on many servers.
    public static let memoryEnergy = RegisterAddress(0x619)
    /// MSR_PP0_ENERGY_STATUS: the cores.
    public static let coresEnergy = RegisterAddress(0x639)
    /// MSR_PP1_ENERGY_STATUS: the graphics.
    public static let graphicsEnergy = RegisterAddress(0x641)
    /// MSR_PLATFORM_ENERGY_COUNTER: the whole machine, as far as its board connects it.
    public static let platformEnergy = RegisterAddress(0x64D)
}

/// What the registers of the running average power limit mean.
public enum RunningAveragePower {
    /// Joules of one count are 2 to the minus this: bits 12...8 of the unit register (Software Developer's Manual
    /// volume 3, section 15.10.1; AMD Processor Programming Reference, MSRC001_0299). Nil where the register is 0, as
    /// in guests: there are no energy counters then.
    public static func energyExponent(unit: UInt64) -> Int? { unit == 0 ? nil : Int(unit >> 8 & 0x1F) }

    /// Watts of one count of a power register: 2 to the minus bits 3...0 of the unit register.
    public static func wattsPerCount(unit: UInt64) -> Double { 1 / Double(1 << (unit & 0xF)) }

    /// Joules of `counts`, exact: the divisor is a power of two.
    public static func joules(counts: UInt64, exponent: Int) -> Double {
        Double(counts) / Double(UInt64(1) << exponent)
    }

    /// The exponent that MSR_DRAM_ENERGY_STATUS has on some servers whatever the unit register says: 15.3 microjoules
    /// (Intel Xeon E5 v3 datasheet volume 2; Linux 6.12, arch/x86/events/rapl.c).
    public static let fixedMemoryExponent = 16

    /// The exponent of MSR_PLATFORM_ENERGY_COUNTER on Sapphire Rapids and its successors: whole joules (Linux 6.12,
    /// arch/x86/events/rapl.c).
    public static let fixedPlatformExponent = 0
}
