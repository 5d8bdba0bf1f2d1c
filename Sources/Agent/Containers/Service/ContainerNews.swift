public import Measures
public import Topology

/// What the watch on containers has to tell.
public enum ContainerNews: Sendable {
    /// What containers used, once in each reporting interval.
    case usage(ContainerSnapshot)
    /// The leases, once in each reporting interval and whenever something has happened to one.
    case leases(LeaseNews)
}

/// The leases in force, and the newest of what happened to leases since the watch began.
public struct LeaseNews: Hashable, Sendable {
    /// Something that happened to a lease.
    public struct Event: Hashable, Sendable {
        /// Counts the watch's events from 1.
        public let number: UInt64
        /// When it was noticed.
        public let happenedAt: MonotonicInstant
        /// What.
        public let event: LeaseEvent
    }

    /// Events that are told again and again, so that a lost message costs none of them.
    static let keptEvents = 64

    /// Whether limits may be changed at all.
    public let isEnabled: Bool
    /// The leases in force at `takenAt`, and those that are being given back.
    public internal(set) var held: [HeldLease] = []
    /// When that was.
    public internal(set) var takenAt: MonotonicInstant
    /// The newest events, oldest first.
    public private(set) var events: [Event] = []
    private var lastNumber: UInt64 = 0

    init(isEnabled: Bool, at instant: MonotonicInstant) {
        self.isEnabled = isEnabled
        takenAt = instant
    }

    /// Adds events; `dropped` of them were lost before, and leave a gap in the numbers.
    mutating func append(_ new: [LeaseEvent], dropped: UInt64, at instant: MonotonicInstant) {
        lastNumber += dropped
        for event in new {
            lastNumber += 1
            events.append(Event(number: lastNumber, happenedAt: instant, event: event))
        }
        events.removeFirst(max(0, events.count - Self.keptEvents))
    }
}
