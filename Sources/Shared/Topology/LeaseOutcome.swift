/// What is known of an order about a lease once nobody waits for it any more.
public enum LeaseOutcome: Hashable, Sendable {
    /// The agent has said what became of it.
    case told(LeaseEvent)
    /// It never left the coordinator, for the reason in the sentence: nothing has changed.
    case notSent(String)
    /// Nobody has answered in time: it may have been carried out, and may yet be.
    case unanswered

    /// What the agent has said; nil where it has not.
    public var event: LeaseEvent? {
        guard case .told(let event) = self else { return nil }
        return event
    }
}

extension LeaseOrder {
    /// Whether `event` tells what became of this order.
    public func isAnswered(by event: LeaseEvent) -> Bool {
        guard event.id == id else { return false }
        return switch self {
        case .take: [.granted, .renewed, .refused].contains(event.kind)
        case .end: [.ended, .refused, .delayed].contains(event.kind)
        }
    }
}
