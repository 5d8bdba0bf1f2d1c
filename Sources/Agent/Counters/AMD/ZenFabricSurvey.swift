import Registers

/// Finds out which memory channels of a die are populated, because the data fabric has fewer counters than a die can have
/// channels, and nothing says which of them exist: those whose counters move are.
///
/// The channels are looked at in groups as large as there are counters, each for a second or until all of it has moved.
struct ZenFabricSurvey: Hashable, Sendable {
    /// What is to be counted in the end.
    struct Choice: Hashable, Sendable {
        /// The channels that are counted.
        let counted: [Int]
        /// How many channels they stand for: more than are counted where there are not counters enough.
        let populated: Int

        /// The bytes that one count of a counted channel stands for. Traffic is interleaved over all channels, so that
        /// those which are not counted move as much as the others.
        var bytesPerCount: UInt64 {
            UInt64(ZenFabricEvent.bytesPerRequest * populated / max(1, counted.count))
        }
    }

    /// What follows from a reading.
    enum Step: Hashable, Sendable {
        /// The same channels go on being counted.
        case goOn
        /// These are to be counted next.
        case look([Int])
        /// The survey is done.
        case done(Choice)
    }

    static let nanosecondsPerGroup: UInt64 = 1_000_000_000

    private let counters: Int
    /// The channels being looked at.
    private(set) var group: [Int]
    private var moved: Set<Int> = []
    private var first: [UInt64]?
    private var nanoseconds: UInt64 = 0

    /// Begins with the first channels. `counters` is how many can be counted at a time, at least 1.
    init(counters: Int) {
        self.counters = max(1, counters)
        group = Array(0..<min(self.counters, ZenFabricEvent.channels))
    }

    /// Takes what the counters of `group` hold, `elapsed` nanoseconds after the reading before.
    mutating func observe(_ counts: [UInt64], elapsed: UInt64) -> Step {
        guard let first else {
            first = counts
            nanoseconds = 0
            return .goOn
        }
        nanoseconds &+= elapsed
        for (channel, (before, now)) in zip(group, zip(first, counts)) where before != now { moved.insert(channel) }
        guard nanoseconds >= Self.nanosecondsPerGroup || group.allSatisfy(moved.contains) else { return .goOn }
        self.first = nil
        let next = (group.last ?? -1) + 1
        if next < ZenFabricEvent.channels {
            group = Array(next..<min(next + counters, ZenFabricEvent.channels))
            return .look(group)
        }
        guard moved.isEmpty else { return .done(choice) }
        // A machine without traffic on any channel is one that nothing was seen of yet.
        group = Array(0..<min(counters, ZenFabricEvent.channels))
        return .look(group)
    }

    /// The populated channels, or as many of them as can be counted, spread evenly: neighbours serve the same part of a die.
    private var choice: Choice {
        let populated = moved.sorted()
        let count = min(counters, populated.count)
        return Choice(
            counted: (0..<count).map { populated[$0 * populated.count / count] }, populated: populated.count)
    }
}
