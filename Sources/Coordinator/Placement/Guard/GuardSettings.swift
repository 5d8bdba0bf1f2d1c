/// How far the guard goes.
public enum GuardMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing is changed, and no policy is asked for anything but to stay: what it would score is recorded.
    case observe
    /// The policy chooses as it would when acting, and what it chose is recorded but not carried out.
    case advise
    /// What the guard allows is carried out.
    case act
}

/// What the guard in front of a cluster allows. The standard values are the project's choice; `docs/placement.md` gives
/// the rule behind each.
public struct GuardSettings: Sendable, Hashable {
    /// How far the guard goes.
    public var mode = GuardMode.act
    /// How long a function is left alone after it was moved or scaled, in nanoseconds.
    public var betweenMovesNanoseconds: UInt64 = 30_000_000_000
    /// The most changes in any minute, the guard's own corrections among them; at least 1.
    public var movesPerMinute = 4
    /// How long a function does not return to a node, or a replica count, that it left, in nanoseconds.
    public var noReturnNanoseconds: UInt64 = 300_000_000_000
    /// By how much the policy must value a change above staying, as a share of what it values staying at; 0 asks for
    /// no prediction.
    public var minimumGain = 0.01
    /// The largest share of decisions that may change something at random.
    public var explorationCeiling = 0.1
    /// Runs measured before and after a change, by whose medians it is judged; at least 1.
    public var runsToJudge = 3
    /// By how much the median latency may be larger after a change before it is taken back, as a share.
    public var worseBy = 0.1
    /// Runs after a change whose latency is the change's own and is not measured by: the new pods are cold.
    public var coldRuns = 1
    /// Runs over which the policy's kept targets are compared with the stock rules'; 0 switches the comparison off.
    public var stockRuns = 20
    /// How long nothing is changed after the start, in nanoseconds: what was changed before it is not known.
    public var quietAfterStartNanoseconds: UInt64 = 60_000_000_000
    /// The largest age of a node's newest reading, in nanoseconds.
    public var telemetryAgeNanoseconds: UInt64 = 5_000_000_000

    /// The standard values.
    public init() {}
}
