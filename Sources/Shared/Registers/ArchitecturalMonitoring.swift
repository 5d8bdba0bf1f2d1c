/// The counters of an Intel core as CPUID leaf 0AH describes them (Software Developer's Manual volume 2A).
public struct ArchitecturalMonitoring: Hashable, Sendable {
    /// Version of architectural performance monitoring, at least 1; guests of KVM see at most 2.
    public let version: Int
    /// Programmable counters of this logical CPU.
    public let programmable: Int
    /// Bits of a programmable counter.
    public let programmableBits: Int
    /// Fixed counters, 0 below version 2.
    public let fixed: Int
    /// Bits of a fixed counter.
    public let fixedBits: Int
    /// Whether `EventSelector.lastLevelCacheReference` counts.
    public let hasCacheReferences: Bool
    /// Whether `EventSelector.lastLevelCacheMiss` counts.
    public let hasCacheMisses: Bool

    /// What `leaf` describes; nil where it describes no counters.
    public init?(leaf: CPUIDRegisters) {
        version = Int(leaf.eax & 0xFF)
        programmable = Int(leaf.eax >> 8 & 0xFF)
        guard version > 0, programmable > 0 else { return nil }
        programmableBits = Int(leaf.eax >> 16 & 0xFF)
        fixed = version > 1 ? Int(leaf.edx & 0x1F) : 0
        fixedBits = version > 1 ? Int(leaf.edx >> 5 & 0xFF) : 0
        // A set bit says that the event is missing; bits behind the length of the list say nothing.
        let events = leaf.eax >> 24
        hasCacheReferences = events > 3 && leaf.ebx >> 3 & 1 == 0
        hasCacheMisses = events > 4 && leaf.ebx >> 4 & 1 == 0
    }
}
