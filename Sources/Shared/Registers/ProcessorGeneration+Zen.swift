extension ProcessorGeneration {
    /// Whether a last-level cache's counters take masks of slices and threads (Zen 1 and 2) rather than numbers of one
    /// slice and one core, with bits for all (AMD Processor Programming References, ChL3PmcCfg).
    public var hasZenCacheThreadMask: Bool { self == .zen1 || self == .zen2 }

    /// Whether the data fabric has an event for each memory channel (`ZenFabricEvent.channelEvent`).
    public var hasZenFabricChannels: Bool { self == .zen1 || self == .zen2 || self == .zen3 }

    /// Whether counters are gated by a global register too, and memory controllers have counters (performance
    /// monitoring version 2). A processor of these generations may still hide it: CPUID.80000022H:EAX[0] decides.
    public var hasZenPerformanceMonitoring2: Bool { self == .zen4 || self == .zen5 }

    /// Whether a core's counters tell cycles at the nominal clock (`ZenCoreEvent.referenceCycles`).
    public var hasZenReferenceCycles: Bool { self == .zen4 || self == .zen5 }

    /// Whether a core's counters tell lines filled from memory (`ZenCoreEvent.memoryFills`).
    public var hasZenMemoryFills: Bool { self == .zen3 || self == .zen4 || self == .zen5 }
}
