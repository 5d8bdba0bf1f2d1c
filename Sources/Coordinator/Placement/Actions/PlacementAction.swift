public import Topology

/// One thing that a scheduler may choose to do before a request runs.
public enum PlacementAction: Sendable, Hashable, CustomStringConvertible {
    /// Moves a unit to the node named.
    case move(MovableUnit, to: NodeName)
    /// Moves a unit to the node with the lowest C0 residency.
    case moveToLowestC0(MovableUnit)
    /// Takes a unit from its node and lets the cluster's own scheduler choose where it goes.
    case reschedule(MovableUnit)
    /// Moves a unit to the node where the offline profiles expect it to be fastest.
    case moveByProfile(MovableUnit)
    /// Changes the replicas of the scaled functions by this many.
    case scale(by: Int)
    /// Leaves everything as it is.
    case stay

    /// The action as operators read it, for example "move framer to w02".
    public var description: String {
        switch self {
        case .move(let unit, let node): "move \(unit.name) to \(node)"
        case .moveToLowestC0(let unit): "move \(unit.name) to the node with the lowest C0"
        case .reschedule(let unit): "reschedule \(unit.name)"
        case .moveByProfile(let unit): "move \(unit.name) by profile"
        case .scale(let change): "scale by \(change > 0 ? "+" : "")\(change)"
        case .stay: "stay"
        }
    }
}
