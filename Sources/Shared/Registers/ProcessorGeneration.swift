/// A generation of processors: what decides events, residency registers and memory counters.
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
    /// Xeon 6 with efficient cores.
    case sierraForest = "SRF"
    /// Atom with the same cores as Sierra Forest.
    case grandRidge = "GRR"
    /// Xeon Phi, Knights Landing and Knights Mill.
    case knightsLanding = "KNL"
    /// Skylake, Kaby Lake, Coffee Lake and Comet Lake for clients.
    case skylakeClient = "SKL"
    /// Ice Lake, Tiger Lake and Rocket Lake for clients.
    case iceLakeClient = "ICL"
    /// Alder Lake: performance and efficient cores side by side, as in all that follow.
    case alderLake = "ADL"
    /// Raptor Lake.
    case raptorLake = "RPL"
    /// Meteor Lake.
    case meteorLake = "MTL"
    /// Arrow Lake.
    case arrowLake = "ARL"
    /// Lunar Lake.
    case lunarLake = "LNL"
    /// Panther Lake.
    case pantherLake = "PTL"
    /// AMD Zen and Zen+.
    case zen1 = "ZEN1"
    /// AMD Zen 2.
    case zen2 = "ZEN2"
    /// AMD Zen 3.
    case zen3 = "ZEN3"
    /// AMD Zen 4.
    case zen4 = "ZEN4"
    /// AMD Zen 5.
    case zen5 = "ZEN5"

    /// Who made it.
    public var vendor: ProcessorVendor {
        switch self {
        case .zen1, .zen2, .zen3, .zen4, .zen5: .amd
        default: .intel
        }
    }

    /// Whether performance and efficient cores stand side by side, with counters that differ.
    public var isHybrid: Bool {
        switch self {
        case .alderLake, .raptorLake, .meteorLake, .arrowLake, .lunarLake, .pantherLake: true
        default: false
        }
    }

    /// The events worth counting on an Intel core, most wanted first; none for AMD, whose cores have `ZenCoreEvent`s.
    ///
    /// The two architectural cache events come first everywhere, so that nodes can be compared. The load-retired pair
    /// is left out on Haswell and Broadwell servers, where errata falsify it (HSD29, HSD25, HSD74; BDM100, BDE70), on
    /// efficient cores, which have no such event, and on hybrids, so that both kinds of cores count the same.
    public var cacheEvents: [EventSelector] {
        let architectural: [EventSelector] = [.lastLevelCacheMiss, .lastLevelCacheReference]
        switch self {
        case .skylakeServer, .cascadeLake, .cooperLake, .iceLakeServer, .sapphireRapids, .emeraldRapids, .graniteRapids,
            .skylakeClient, .iceLakeClient:
            return architectural + [.loadRetiredL3Miss, .loadRetiredL3Hit]
        case .haswellServer, .broadwellServer, .sierraForest, .grandRidge, .knightsLanding, .alderLake, .raptorLake,
            .meteorLake, .arrowLake, .lunarLake, .pantherLake:
            return architectural
        case .zen1, .zen2, .zen3, .zen4, .zen5:
            return []
        }
    }
}
