import Registers

/// Which event each programmable counter counts: event i on counter i.
struct EventPlan: Hashable, Sendable {
    /// The events, as many as there are counters to be had.
    let events: [EventSelector]
    /// Events that were wanted and that the CPU says it does not count.
    let missing: [EventSelector]

    /// The events of `generation`, cut to `counters`; unknown processors get the architectural pair. `monitoring` is what
    /// the CPU says of its counters: events that it lacks are left out, and what has no fixed counter comes first.
    init(generation: ProcessorGeneration?, counters: Int, monitoring: CoreMonitoring = CoreMonitoring()) {
        let wanted = generation?.cacheEvents ?? [.lastLevelCacheMiss, .lastLevelCacheReference]
        missing = wanted.filter { !monitoring.hasEvent($0) }
        let unfixed: [EventSelector] = [.instructionsRetired, .unhaltedCycles]
        events = Array(
            (unfixed.dropFirst(monitoring.fixed) + wanted.filter { monitoring.hasEvent($0) }).prefix(max(0, counters)))
    }

    /// What an event's count is called in a frame.
    static func quantity(of event: EventSelector) -> Quantity? {
        switch event {
        case .instructionsRetired: .instructions
        case .unhaltedCycles: .cycles
        case .lastLevelCacheMiss: .l3Misses
        case .lastLevelCacheReference: .l3References
        case .loadRetiredL3Miss: .l3LoadMisses
        case .loadRetiredL3Hit: .l3LoadHits
        default: nil
        }
    }
}
