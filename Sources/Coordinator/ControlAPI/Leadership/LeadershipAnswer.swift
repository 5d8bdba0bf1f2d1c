/// How `reeve status` shows who acts.
public struct LeadershipAnswer: Codable, Sendable {
    /// This coordinator's name in the election.
    public var identity: String
    /// Whether it leads.
    public var isLeading: Bool
    /// Who leads by what was last seen; nil for nobody.
    public var holder: String?

    init(_ leadership: Leadership) {
        identity = leadership.identity
        isLeading = leadership.isLeader
        holder = leadership.holder
    }
}
