public import Topology

/// Each unit to each node, one replica more, one less, stay: 15 actions for the thesis' topology (Darly thesis,
/// section 5.3).
public struct FullmapActionSpace: ActionSpace {
    /// The topology that the actions were generated from.
    public let topology: SchedulingTopology
    /// Units in the topology's order, for each the nodes in its order; then +1, -1, stay.
    public let actions: [PlacementAction]

    /// The space for `topology`. A topology that scales nothing gets no replica actions.
    public init(_ topology: SchedulingTopology) {
        self.topology = topology
        actions =
            topology.movableUnits.flatMap { unit in topology.nodes.map { .move(unit, to: $0) } }
            + topology.replicaActions + [.stay]
    }
}

extension SchedulingTopology {
    /// One replica more and one less, where anything is scaled.
    var replicaActions: [PlacementAction] {
        scaledFunctions.isEmpty ? [] : [.scale(by: 1), .scale(by: -1)]
    }
}
