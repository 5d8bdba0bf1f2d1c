import Measures
import Synchronization

/// Points on their way to the writer. Whoever puts some in is never held up: where there is no room they are dropped and
/// counted.
final class HistoryQueue: Sendable {
    private struct Guarded {
        var readings: [HistoryReading] = []
        var oldestAt: MonotonicInstant?
        var dropped: UInt64 = 0
    }

    private let capacity: Int
    private let time: any TimeSource
    private let guarded = Mutex(Guarded())

    init(capacity: Int, time: any TimeSource) {
        self.capacity = capacity
        self.time = time
    }

    /// Puts in as many of `readings` as there is room for.
    func put(_ readings: some Collection<HistoryReading>) {
        guard !readings.isEmpty else { return }
        guarded.withLock { guarded in
            let room = capacity - guarded.readings.count
            if room > 0, guarded.oldestAt == nil { guarded.oldestAt = time.now }
            guarded.readings.append(contentsOf: readings.prefix(max(room, 0)))
            guarded.dropped += UInt64(max(readings.count - room, 0))
        }
    }

    /// Takes everything, with when the oldest of it came; nil where there is nothing.
    func takeAll() -> (readings: [HistoryReading], since: MonotonicInstant)? {
        guarded.withLock { guarded in
            guard let since = guarded.oldestAt else { return nil }
            defer {
                guarded.readings = []
                guarded.oldestAt = nil
            }
            return (guarded.readings, since)
        }
    }

    /// How many wait, since when, and how many were dropped since the start.
    var state: (count: Int, since: MonotonicInstant?, dropped: UInt64) {
        guarded.withLock { ($0.readings.count, $0.oldestAt, $0.dropped) }
    }
}
