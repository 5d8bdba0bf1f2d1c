import Registers

/// Which event each programmable counter counts: event i on counter i.
struct EventPlan: Hashable, Sendable {
    /// The events, as many as there are counters to be had.
    let events: [EventSelector]

    /// The events of `generation`, cut to `counters`; unknown processors get the architectural pair.
    init(generation: ProcessorGeneration?, counters: Int) {
        let wanted = generation?.cacheEvents ?? [.lastLevelCacheMiss, .lastLevelCacheReference]
        events = Array(wanted.prefix(counters))
    }

    /// What an event's count is called in a frame.
    static func quantity(of event: EventSelector) -> Quantity? {
        switch event {
        case .lastLevelCacheMiss: .l3Misses
        case .lastLevelCacheReference: .l3References
        case .loadRetiredL3Miss: .l3LoadMisses
        case .loadRetiredL3Hit: .l3LoadHits
        default: nil
        }
    }

    /// The bits of IA32_PERF_GLOBAL_CTRL that the plan and the three fixed counters need.
    var globalEnable: UInt64 { CounterControl.globalEnable(programmable: events.count) }
}
