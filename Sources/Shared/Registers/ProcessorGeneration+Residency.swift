/// An idle state of a core whose time a register counts.
public enum CoreIdleState: String, Hashable, Sendable, CaseIterable {
    /// Halted, caches kept.
    case c1 = "C1"
    /// Caches of the core flushed.
    case c3 = "C3"
    /// Core without power.
    case c6 = "C6"
    /// As C6, shared caches reduced.
    case c7 = "C7"
}

extension ProcessorGeneration {
    /// The residency registers that a core may have (Linux 6.12, arch/x86/events/intel/cstate.c): those that can be
    /// read and have moved count. Empty for AMD, which has none.
    public var coreResidencies: [(state: CoreIdleState, register: RegisterAddress)] {
        switch self {
        case .haswellServer, .broadwellServer, .skylakeServer, .cascadeLake, .cooperLake, .skylakeClient:
            [(.c6, .coreC6Residency), (.c3, .coreC3Residency), (.c7, .coreC7Residency)]
        case .iceLakeServer, .sapphireRapids, .emeraldRapids, .graniteRapids, .sierraForest, .grandRidge:
            [(.c6, .coreC6Residency), (.c1, .coreC1Residency)]
        case .alderLake, .raptorLake, .meteorLake, .arrowLake, .lunarLake, .pantherLake:
            [(.c6, .coreC6Residency), (.c1, .coreC1Residency), (.c7, .coreC7Residency)]
        case .iceLakeClient:
            [(.c6, .coreC6Residency), (.c7, .coreC7Residency)]
        case .knightsLanding:
            [(.c6, .coreC6ResidencyKnightsLanding)]
        case .zen1, .zen2, .zen3, .zen4, .zen5:
            []
        }
    }

    /// Whether MSR_CORE_C1_RES exists.
    public var hasCoreC1Residency: Bool { coreResidencies.contains { $0.state == .c1 } }

    /// Whether core C3 and C7 residency registers may count (from Ice Lake servers on only C1 and C6 do).
    public var hasCoreC3AndC7Residency: Bool { coreResidencies.contains { $0.state == .c3 } }
}
