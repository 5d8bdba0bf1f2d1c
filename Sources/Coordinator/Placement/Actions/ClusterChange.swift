public import Cluster
public import Topology

/// What an action comes down to in one state: a single call to the cluster.
public enum ClusterChange: Sendable, Hashable, CustomStringConvertible {
    /// Moves a unit to a node on which it is not already.
    case move(MovableUnit, to: NodeName)
    /// Lets the cluster choose where a unit goes.
    case reschedule(MovableUnit)
    /// Gives each of the functions this many replicas.
    case scale([FunctionName], to: Int)

    /// The change as operators read it.
    public var description: String {
        switch self {
        case .move(let unit, let node): "move \(unit.name) to \(node)"
        case .reschedule(let unit): "reschedule \(unit.name)"
        case .scale(_, let replicas): "scale to \(replicas) replicas"
        }
    }

    /// `snapshot` as it is after this change was carried out. `chosen` is the cluster's choice, which only `reschedule`
    /// needs: without it the unit's place is not known afterwards.
    public func applied(to snapshot: ClusterSnapshot, chosen: NodeName?) -> ClusterSnapshot {
        var assignment = snapshot.assignment
        var replicas = snapshot.replicas
        switch self {
        case .move(let unit, let node):
            for function in unit.functions { assignment[function] = node }
        case .reschedule(let unit):
            for function in unit.functions { assignment[function] = chosen }
        case .scale(let functions, let count):
            for function in functions { replicas[function] = count }
        }
        return ClusterSnapshot(nodes: snapshot.nodes, assignment: assignment, replicas: replicas)
    }
}
