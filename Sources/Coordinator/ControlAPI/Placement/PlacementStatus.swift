public import Topology

/// What the placement service is doing, as `reeve policy` shows it.
public struct PlacementStatus: Hashable, Sendable, Codable {
    /// What the service is doing.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// No session has been started.
        case idle
        /// Decisions are taken.
        case running
        /// No decisions are taken until `resume`.
        case paused
        /// The session's requests have come to their end.
        case exhausted
    }

    /// The session's number: the journal's sequence of its start; nil while one that was asked for has not begun.
    public var sessionID: Int64?
    /// What was asked for; nil before the first session.
    public var session: PlacementSession?
    /// What the service is doing.
    public var state: State
    /// The nodes that are decided about, in the order in which observations number them; empty before the first session.
    public var nodes: [NodeName] = []
    /// Requests served in this session since the coordinator's start.
    public var requests = 0
    /// Of these, how many kept their target.
    public var served = 0
    /// Steps that the learner has recorded, over restarts too; nil for schedulers that do not learn.
    public var learnerSteps: Int?
    /// Gradient steps that the learner has made.
    public var gradientSteps: Int?
    /// The probability of a random choice now.
    public var epsilon: Double?
    /// Whether the learner was taken from a checkpoint at the coordinator's start, and what was passed over if anything.
    public var restored: String?
    /// The newest failure of journal, checkpoint, cluster or request, one sentence.
    public var lastFailure: String?

    /// Nothing has been started.
    static let idle = PlacementStatus(state: .idle)
}
