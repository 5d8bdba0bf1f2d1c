/// What one read of a group gives.
struct PerfCounts: Hashable, Sendable {
    /// Nanoseconds that the group has been enabled, and those of them in which it had its counters.
    private(set) var enabled: UInt64 = 0
    private(set) var running: UInt64 = 0
    /// One count per member.
    private(set) var values: [UInt64]

    /// A group of `members` events that has counted nothing.
    init(members: Int) { values = Array(repeating: 0, count: members) }

    /// Words that a group of `members` events takes: PERF_FORMAT_GROUP with both times.
    static func words(members: Int) -> Int { 3 + members }

    /// Takes over the first `bytes` bytes of `words`; false, and no change, when they are not a group of as many
    /// members. No memory is allocated.
    mutating func take(_ words: [UInt64], bytes: Int) -> Bool {
        guard bytes == 8 * Self.words(members: values.count), words.count * 8 >= bytes,
            words[0] == UInt64(values.count)
        else { return false }
        enabled = words[1]
        running = words[2]
        for index in values.indices { values[index] = words[3 + index] }
        return true
    }

    /// Whether anything went down from `earlier`, which counters of the kernel never do unless they were set anew.
    func isBehind(_ earlier: PerfCounts) -> Bool {
        if enabled < earlier.enabled || running < earlier.running { return true }
        return values.indices.contains { values[$0] < earlier.values[$0] }
    }
}
