import Registers

/// The counters of one Intel logical CPU.
struct ArchitecturalShape: Hashable {
    var version: Int
    var programmable: Int
    var fixed: Int
    /// Whether only the architectural events count.
    var isFiltered = false
    /// Whether D1/20 and D1/04 count.
    var hasLoadEvents = true
    /// Slots of a cycle, which fixed counter 3 counts.
    var slotsPerCycle: UInt64 = 6
    /// Whether the counters can be written over their whole width through a second register.
    var hasFullWidthWrites = true
}

/// The counters of one AMD logical CPU.
struct ZenShape: Hashable {
    var generation: ProcessorGeneration
    /// Whether PerfCntrGlobalCtl gates the counters too.
    var hasGlobalControl: Bool
}

/// The counters of one logical CPU.
enum CoreShape: Hashable {
    case architectural(ArchitecturalShape)
    case zen(ZenShape)
    case none
}

extension HardwareProfile {
    /// The counters of CPU `cpu`. Numbers: Intel Software Developer's Manual volume 3, chapter 20 ("Performance
    /// Monitoring" of each microarchitecture); a core that runs one thread has those of both before Ice Lake.
    func shape(ofCPU cpu: Int) -> CoreShape {
        switch coreCounters {
        case .none: return .none
        case .virtual(let programmable, let isFiltered) where !isZen:
            return .architectural(
                ArchitecturalShape(version: 2, programmable: programmable, fixed: 3, isFiltered: isFiltered))
        case .virtual, .native: break
        }
        if let generation, generation.vendor == .amd {
            return .zen(
                ZenShape(
                    generation: generation,
                    hasGlobalControl: generation.hasZenPerformanceMonitoring2 && !isGuest))
        }
        return .architectural(nativeShape(ofCPU: cpu))
    }

    private func nativeShape(ofCPU cpu: Int) -> ArchitecturalShape {
        let older = hardware.threadsPerCore > 1 ? 4 : 8
        switch generation {
        case .haswellServer, .broadwellServer:
            return ArchitecturalShape(version: 3, programmable: older, fixed: 3)
        case .skylakeServer, .cascadeLake, .cooperLake, .skylakeClient:
            return ArchitecturalShape(version: 4, programmable: older, fixed: 3)
        case .iceLakeServer, .iceLakeClient:
            return ArchitecturalShape(version: 5, programmable: 8, fixed: 4, slotsPerCycle: 5)
        case .sapphireRapids, .emeraldRapids, .graniteRapids:
            return ArchitecturalShape(version: 5, programmable: 8, fixed: 4)
        case .sierraForest, .grandRidge:
            return ArchitecturalShape(version: 6, programmable: 8, fixed: 3, hasLoadEvents: false)
        case .knightsLanding:
            return ArchitecturalShape(version: 3, programmable: 2, fixed: 3, hasLoadEvents: false)
        case .alderLake, .raptorLake, .meteorLake, .arrowLake, .lunarLake, .pantherLake:
            return hardware.isEfficient(cpu)
                ? ArchitecturalShape(version: 5, programmable: 6, fixed: 3, hasLoadEvents: false)
                : ArchitecturalShape(version: 5, programmable: 8, fixed: 4)
        case .zen1, .zen2, .zen3, .zen4, .zen5, nil:
            return ArchitecturalShape(version: 4, programmable: 4, fixed: 3)
        }
    }
}
