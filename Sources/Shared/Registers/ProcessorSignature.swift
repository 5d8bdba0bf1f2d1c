/// What a processor says it is (CPUID leaf 1; `cpu family`, `model` and `stepping` of /proc/cpuinfo).
public struct ProcessorSignature: Hashable, Sendable {
    /// Family, model and stepping as decimal /proc/cpuinfo shows them.
    public let family, model, stepping: Int

    /// The processor so described.
    public init(family: Int, model: Int, stepping: Int) {
        self.family = family
        self.model = model
        self.stepping = stepping
    }

    /// The generation that the numbers stand for; nil when it is not one whose registers are known here.
    /// Numbers: Linux 6.12, arch/x86/include/asm/intel-family.h; steppings of model 55H: SKX to 4, CLX 5 to 7, CPX
    /// above.
    public var generation: ProcessorGeneration? {
        guard family == 6 else { return nil }
        switch model {
        case 0x3F: return .haswellServer
        case 0x4F, 0x56: return .broadwellServer
        case 0x55:
            switch stepping {
            case ...4: return .skylakeServer
            case 5...7: return .cascadeLake
            default: return .cooperLake
            }
        case 0x6A, 0x6C: return .iceLakeServer
        case 0x8F: return .sapphireRapids
        case 0xCF: return .emeraldRapids
        case 0xAD, 0xAE: return .graniteRapids
        default: return nil
        }
    }
}

/// A generation of Xeon processors: what decides events, residency registers and memory counters.
public enum ProcessorGeneration: String, Hashable, Sendable, CaseIterable {
    /// Haswell-EP (E5 v3).
    case haswellServer = "HSX"
    /// Broadwell-EP and -DE (E5 v4, D-1500).
    case broadwellServer = "BDX"
    /// First Scalable generation.
    case skylakeServer = "SKX"
    /// Second Scalable generation.
    case cascadeLake = "CLX"
    /// Third Scalable generation, four and eight sockets.
    case cooperLake = "CPX"
    /// Third Scalable generation.
    case iceLakeServer = "ICX"
    /// Fourth Scalable generation.
    case sapphireRapids = "SPR"
    /// Fifth Scalable generation.
    case emeraldRapids = "EMR"
    /// Xeon 6 with performance cores.
    case graniteRapids = "GNR"

    /// The events worth counting, most wanted first.
    ///
    /// The two architectural cache events come first everywhere, so that nodes can be compared. The load-retired pair
    /// is left out on Haswell and Broadwell servers, where errata falsify it (HSD29, HSD25, HSD74; BDM100, BDE70).
    public var cacheEvents: [EventSelector] {
        let architectural: [EventSelector] = [.lastLevelCacheMiss, .lastLevelCacheReference]
        switch self {
        case .haswellServer, .broadwellServer: return architectural
        default: return architectural + [.loadRetiredL3Miss, .loadRetiredL3Hit]
        }
    }

    /// Whether MSR_CORE_C1_RES exists (Linux 6.12, arch/x86/events/intel/cstate.c).
    public var hasCoreC1Residency: Bool {
        switch self {
        case .haswellServer, .broadwellServer, .skylakeServer, .cascadeLake, .cooperLake: return false
        case .iceLakeServer, .sapphireRapids, .emeraldRapids, .graniteRapids: return true
        }
    }

    /// Whether core C3 and C7 residency registers may count (same source; from Ice Lake servers on only C1 and C6 do).
    public var hasCoreC3AndC7Residency: Bool { !hasCoreC1Residency }
}
