public import Measures

/// Which worker, for as long as it is remembered; a number is never given twice.
public struct WorkerID: Hashable, Comparable, Sendable {
    /// The number.
    public let rawValue: UInt32

    /// In the order in which workers were added.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One worker as the router sees it.
public struct Worker: Hashable, Sendable {
    /// Which worker.
    public let id: WorkerID
    /// What the operator says of it.
    public internal(set) var specification: WorkerSpecification
    /// Whether it takes requests.
    public internal(set) var state: WorkerState
    /// The requests that it has accepted and not finished.
    public internal(set) var inFlight: Int
    /// Until when it wants no more, because it said that it is full; nil when it did not, or finished something since.
    public internal(set) var fullUntil: MonotonicInstant?

    init(id: WorkerID, specification: WorkerSpecification) {
        self.id = id
        self.specification = specification
        state = .active(.none)
        inFlight = 0
    }

    /// Its share of requests.
    public var weight: Int { specification.weight }

    /// Whether it is one of the list's workers, in whatever health.
    public var isMember: Bool {
        if case .removed = state { false } else { true }
    }

    /// Whether it is meant to take requests, were there room.
    public var isInService: Bool {
        switch state {
        case .active, .probation: weight > 0
        case .ejected, .draining, .removed: false
        }
    }

    /// Whether it may be sent a request now.
    func isOpen(at now: MonotonicInstant) -> Bool {
        guard isInService, inFlight < (specification.capacity ?? .max) else { return false }
        if let fullUntil, now < fullUntil { return false }
        if case .probation = state { return inFlight == 0 }
        return true
    }
}
