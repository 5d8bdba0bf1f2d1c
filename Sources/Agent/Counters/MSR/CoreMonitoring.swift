import Registers

/// The counters of an Intel core as far as they matter here.
struct CoreMonitoring: Hashable, Sendable {
    /// Version of architectural performance monitoring; from 2 on one register enables all counters.
    let version: Int
    /// Programmable counters of a logical CPU.
    let programmable: Int
    /// Fixed counters used here, 0 to 3: instructions, cycles, reference cycles.
    let fixed: Int
    /// Where a programmable and a fixed counter wrap.
    let programmableWidth, fixedWidth: CounterWidth
    private let absent: Set<EventSelector>

    /// What every Xeon named here has: the description for a CPU that could not be asked.
    init() {
        version = 4
        programmable = 4
        fixed = 3
        programmableWidth = .bits48
        fixedWidth = .bits48
        absent = []
    }

    /// What CPUID leaf 0AH describes.
    init(_ described: ArchitecturalMonitoring) {
        version = described.version
        programmable = described.programmable
        fixed = min(3, described.fixed)
        programmableWidth = CounterWidth(bits: described.programmableBits) ?? .bits48
        fixedWidth = CounterWidth(bits: described.fixedBits) ?? .bits48
        absent = Set(
            (described.hasCacheMisses ? [] : [EventSelector.lastLevelCacheMiss])
                + (described.hasCacheReferences ? [] : [.lastLevelCacheReference]))
    }

    /// Whether the CPU does not say that it lacks `event`; it can say so of architectural events alone.
    func hasEvent(_ event: EventSelector) -> Bool { !absent.contains(event) }
}
