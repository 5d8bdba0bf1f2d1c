/// Registers of AMD processors of families 17h to 1Ah. Numbers: AMD Processor Programming References; Linux 6.12,
/// arch/x86/include/asm/msr-index.h, arch/x86/events/amd/core.c, uncore.c and rapl.c.
extension RegisterAddress {
    /// HWCR: hardware configuration. Bit 30 lets `retiredInstructions` count. Thread scope.
    public static let hardwareConfiguration = RegisterAddress(0xC001_0015)
    /// Bit of `hardwareConfiguration` that lets `retiredInstructions` count.
    public static let retiredInstructionsEnable: UInt64 = 1 << 30
    /// IRPERF: retired instructions, free-running. Thread scope, 64 bits.
    public static let retiredInstructions = RegisterAddress(0xC000_00E9)
    /// PerfCntrGlobalStatus: bit i says that counter i overflowed. Zen 4 and later (performance monitoring version 2).
    public static let zenGlobalStatus = RegisterAddress(0xC000_0300)
    /// PerfCntrGlobalCtl: bit i lets counter i count, on top of the counter's own enable bit. Zen 4 and later.
    public static let zenGlobalControl = RegisterAddress(0xC000_0301)
    /// PerfCntrGlobalStatusClr: writing 1 clears the flag of the same place. Zen 4 and later.
    public static let zenGlobalStatusClear = RegisterAddress(0xC000_0302)
    /// RAPL_PWR_UNIT: units of the energy counters, in the layout of Intel's register. Package scope.
    public static let zenEnergyUnit = RegisterAddress(0xC001_0299)
    /// CORE_ENERGY_STAT: energy of the core. 32 bits, core scope. A sum of its own: not a part of the package's.
    public static let zenCoreEnergy = RegisterAddress(0xC001_029A)
    /// PKG_ENERGY_STAT: energy of the package. 32 bits, package scope.
    public static let zenPackageEnergy = RegisterAddress(0xC001_029B)

    /// PERF_CTL`index`, 0 to 5: what the core's counter counts. Thread scope; `ZenCoreEvent` encodes it.
    public static func zenEventSelect(_ index: Int) -> RegisterAddress {
        RegisterAddress(0xC001_0200 + 2 * UInt32(index))
    }

    /// PERF_CTR`index`: the count, 48 bits.
    public static func zenCounter(_ index: Int) -> RegisterAddress { RegisterAddress(0xC001_0201 + 2 * UInt32(index)) }

    /// ChL3PmcCfg`index`, 0 to 5: what a counter of the last-level cache counts. One for each cache, read on any of its
    /// CPUs; `ZenCacheEvent` encodes it.
    public static func zenCacheControl(_ index: Int) -> RegisterAddress {
        RegisterAddress(0xC001_0230 + 2 * UInt32(index))
    }

    /// ChL3Pmc`index`: the count, 48 bits.
    public static func zenCacheCounter(_ index: Int) -> RegisterAddress {
        RegisterAddress(0xC001_0231 + 2 * UInt32(index))
    }

    /// DF_PERF_CTL`index`, 0 to 3: what a counter of the data fabric counts. One for each node, read on any of its
    /// CPUs; `ZenFabricEvent` encodes it.
    public static func zenFabricControl(_ index: Int) -> RegisterAddress {
        RegisterAddress(0xC001_0240 + 2 * UInt32(index))
    }

    /// DF_PERF_CTR`index`: the count, 48 bits.
    public static func zenFabricCounter(_ index: Int) -> RegisterAddress {
        RegisterAddress(0xC001_0241 + 2 * UInt32(index))
    }

    /// UMC_PERF_CTL: what counter `index` of memory controller `channel` counts, where each active controller has
    /// `perChannel` of them. `channel` numbers the active ones. Zen 4 and later; `ZenMemoryEvent` encodes it.
    public static func zenMemoryControl(channel: Int, index: Int, perChannel: Int) -> RegisterAddress {
        RegisterAddress(0xC001_0800 + 2 * UInt32(channel * perChannel + index))
    }

    /// UMC_PERF_CTR: the count, 48 bits and an overflow flag in bit 48. It does not wrap: it stops.
    public static func zenMemoryCounter(channel: Int, index: Int, perChannel: Int) -> RegisterAddress {
        RegisterAddress(0xC001_0801 + 2 * UInt32(channel * perChannel + index))
    }

    /// One more than the highest number named here: 32 memory controllers with 4 counters each.
    public static let zenEnd = RegisterAddress(0xC001_0900)
}
