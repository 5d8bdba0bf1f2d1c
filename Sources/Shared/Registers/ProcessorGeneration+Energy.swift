extension ProcessorGeneration {
    /// Joules of one count of MSR_DRAM_ENERGY_STATUS are 2 to the minus this, given the exponent of the unit register:
    /// several servers have a unit of their own (Linux 6.12, arch/x86/events/rapl.c).
    public func memoryEnergyExponent(unit exponent: Int) -> Int {
        switch self {
        case .haswellServer, .broadwellServer, .skylakeServer, .cascadeLake, .cooperLake, .iceLakeServer,
            .knightsLanding:
            RunningAveragePower.fixedMemoryExponent
        default: exponent
        }
    }

    /// The same for MSR_PLATFORM_ENERGY_COUNTER: whole joules on Sapphire Rapids and its successors.
    public func platformEnergyExponent(unit exponent: Int) -> Int {
        switch self {
        case .sapphireRapids, .emeraldRapids, .graniteRapids, .sierraForest: RunningAveragePower.fixedPlatformExponent
        default: exponent
        }
    }
}
