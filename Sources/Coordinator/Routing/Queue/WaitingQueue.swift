public import Measures

/// Requests that wait for a worker: first come, first served, so many at most, and none longer than a deadline.
public struct WaitingQueue<Element: Sendable>: Sendable {
    private struct Place: Sendable {
        let element: Element
        let deadline: MonotonicInstant
    }

    /// The most that may wait.
    public let capacity: Int
    /// How long one may wait.
    public let patienceNanoseconds: UInt64

    private var places: [Place?] = []
    /// Places before this one are done with.
    private var head = 0
    /// The ticket of `places[0]`.
    private var firstTicket: UInt64 = 0
    /// How many wait.
    public private(set) var count = 0

    /// Lets `capacity` wait, each for `patienceSeconds` at most. With a capacity of 0 nobody waits.
    public init(capacity: Int, patienceSeconds: Double) {
        precondition(capacity >= 0 && patienceSeconds > 0, "a queue has no negative capacity, and some patience")
        self.capacity = capacity
        patienceNanoseconds = nanoseconds(patienceSeconds)
    }

    /// Puts `element` last; nil when the queue is full.
    public mutating func join(_ element: Element, at now: MonotonicInstant) -> Ticket? {
        guard count < capacity else { return nil }
        compact()
        places.append(Place(element: element, deadline: now.advanced(byNanoseconds: patienceNanoseconds)))
        count += 1
        return Ticket(number: firstTicket + UInt64(places.count - 1))
    }

    /// Takes out who has waited longest; nil when no one waits.
    public mutating func popFirst() -> (ticket: Ticket, element: Element)? {
        skipLeft()
        guard head < places.count, let place = places[head] else { return nil }
        let ticket = Ticket(number: firstTicket + UInt64(head))
        clear(head)
        return (ticket, place.element)
    }

    /// Takes out who holds `ticket`; nil when no one does.
    @discardableResult
    public mutating func leave(_ ticket: Ticket) -> Element? {
        guard ticket.number >= firstTicket, ticket.number - firstTicket < UInt64(places.count) else { return nil }
        let position = Int(ticket.number - firstTicket)
        guard let place = places[position] else { return nil }
        clear(position)
        return place.element
    }

    /// Takes out those whose deadline has passed at `now`, who waited longest first.
    public mutating func expire(at now: MonotonicInstant) -> [Ticket] {
        var expired: [Ticket] = []
        while let deadline = nextDeadline, deadline <= now, let place = popFirst() { expired.append(place.ticket) }
        return expired
    }

    /// When the one who has waited longest will have waited too long; nil when no one waits.
    public var nextDeadline: MonotonicInstant? {
        places[head...].lazy.compactMap { $0?.deadline }.first
    }

    private mutating func clear(_ position: Int) {
        places[position] = nil
        count -= 1
        skipLeft()
    }

    private mutating func skipLeft() {
        while head < places.count, places[head] == nil { head += 1 }
    }

    /// Drops the done places when they are most of the array, so that it stays within a few times the capacity.
    private mutating func compact() {
        guard head > 32, head * 2 > places.count else { return }
        places.removeFirst(head)
        firstTicket += UInt64(head)
        head = 0
    }
}

/// The right to one place in a waiting queue.
public struct Ticket: Hashable, Sendable {
    let number: UInt64
}
