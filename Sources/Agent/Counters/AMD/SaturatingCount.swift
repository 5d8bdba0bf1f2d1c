import Registers

/// What a counter has counted that stops at its end instead of wrapping, and is set to zero before it gets there: AMD's
/// memory controllers. The sum never wraps, and each count is in it once.
struct SaturatingCount: Hashable, Sendable {
    /// What a reading means.
    struct Step: Hashable, Sendable {
        /// Whether the counter is to be set to zero now.
        var mustClear: Bool
        /// Whether what was counted since the reading before is not known.
        var isLost: Bool
    }

    /// Everything counted since the first reading.
    private(set) var total: UInt64 = 0
    /// Where the counter goes on from; nil before the first reading.
    private var last: UInt64?

    /// Takes a reading. One that stopped at its end has lost what came after, and one that went down was set back by
    /// somebody else; both start again from here.
    mutating func take(_ value: UInt64) -> Step {
        let isStopped = value & ZenMemoryEvent.overflow != 0
        let count = value & (ZenMemoryEvent.overflow - 1)
        let mustClear = isStopped || count & ZenMemoryEvent.resetAt != 0
        let isLost = last.map { isStopped || count < $0 } ?? false
        if let last, !isLost { total &+= count - last }
        last = mustClear ? 0 : count
        return Step(mustClear: mustClear, isLost: isLost)
    }

    /// Forgets where the counter stood; the next reading is a first one.
    mutating func restart() { last = nil }
}
