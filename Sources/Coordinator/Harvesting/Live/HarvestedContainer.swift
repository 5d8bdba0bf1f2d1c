public import Topology

/// A container that takes part in a node's harvest.
public struct HarvestedContainer: Sendable, Hashable {
    /// The container's id.
    public let containerID: String
    /// Its pod's namespace and name.
    public let namespace, pod: String
    /// The function that it is a replica of.
    public let function: FunctionName
    /// What its user defined; 0 of a resource that the user has not limited, which is then left alone.
    public let user: Resources
    /// The limits in force, as far as the harvest has changed them.
    public let limits: Resources
    /// What its manager last wanted for it.
    public let wanted: Resources
    /// Its largest use in the newest report.
    public let peak: Resources
    /// What it has put up for lending, what of that is lent out, and what it has borrowed.
    public let lent, lentOut, borrowed: Resources
    /// When its lease ends unless it is renewed, in seconds on the caller's time line; nil while the user's limits hold.
    public let leaseEnds: Double?
    /// Why it is left alone at the moment; nil where it is not.
    public let leftAlone: String?
}
