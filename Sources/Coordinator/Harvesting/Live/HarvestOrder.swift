public import Topology

/// One change of limits that a node's harvest asks for; the next one is told when this one has been answered.
public struct HarvestOrder: Sendable, Hashable {
    /// Why a limit is changed.
    public enum Purpose: String, Sendable, Hashable {
        /// To lend what lies idle, and perhaps to borrow of the other resource.
        case lend
        /// To use what others have lent.
        case borrow
        /// To go on with either.
        case renew
        /// To end a lease that is taken anew with other limits at once.
        case adjust
        /// To give the user's limits back.
        case giveBack
    }

    /// The container.
    public let containerID: String
    /// Its pod's namespace and name.
    public let namespace, pod: String
    /// What its node's agent is to do.
    public let order: LeaseOrder
    /// Why.
    public let purpose: Purpose
    /// The limits to be in force afterwards.
    public let limits: Resources
}
