/// The counters of an AMD processor as CPUID leaves 80000001H and 80000022H describe them (AMD Architecture
/// Programmer's Manual volume 3, appendix E).
public struct ZenMonitoring: Hashable, Sendable {
    /// Counters of each core.
    public let coreCounters: Int
    /// Whether the last-level caches have counters.
    public let hasCacheCounters: Bool
    /// Counters of the data fabric; 0 where it has none.
    public let fabricCounters: Int
    /// Whether the global registers gate the cores' counters (performance monitoring version 2).
    public let hasGlobalControl: Bool
    /// Memory controllers that are active, one bit each; 0 where they have no counters.
    public let activeMemoryControllers: UInt32
    /// Counters of each active memory controller.
    public let countersPerMemoryController: Int

    /// What the leaves describe; nil where the cores have no counters of the kind used here.
    public init?(features: CPUIDRegisters, leaf: CPUIDRegisters) {
        guard features.ecx >> 23 & 1 == 1 else { return nil }
        hasCacheCounters = features.ecx >> 28 & 1 == 1
        hasGlobalControl = leaf.eax & 1 == 1
        let hasFabric = features.ecx >> 24 & 1 == 1
        coreCounters = hasGlobalControl ? Int(leaf.ebx & 0xF) : ZenCoreEvent.counters
        fabricCounters = !hasFabric ? 0 : hasGlobalControl ? Int(leaf.ebx >> 10 & 0x3F) : ZenFabricEvent.counters
        activeMemoryControllers = hasGlobalControl ? leaf.ecx : 0
        let total = Int(leaf.ebx >> 16 & 0x3F)
        countersPerMemoryController = activeMemoryControllers == 0 ? 0 : total / activeMemoryControllers.nonzeroBitCount
    }

    /// Memory controllers that are active.
    public var memoryControllers: Int { activeMemoryControllers.nonzeroBitCount }
}
