public import Harvesting

/// What the calls of a cluster have and use together at an instant.
public struct ClusterSums: Sendable, Hashable {
    /// The users' amounts of the calls that run.
    public internal(set) var reserved = Resources.zero
    /// What these calls hold.
    public internal(set) var allocated = Resources.zero
    /// What they use.
    public internal(set) var used = Resources.zero
    /// How many run, and how many wait.
    public internal(set) var running = 0, waiting = 0
}
