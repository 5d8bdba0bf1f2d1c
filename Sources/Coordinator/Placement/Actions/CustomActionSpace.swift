public import Topology

/// Each unit that is not scaled to each node, the scaled ones to the node with the lowest C0 residency, one replica
/// more, one less, stay: 12 actions for the thesis' topology (Darly thesis, section 5.3).
public struct CustomActionSpace: ActionSpace {
    /// The topology that the actions were generated from.
    public let topology: SchedulingTopology
    /// Units in the topology's order; then +1, -1, stay.
    public let actions: [PlacementAction]

    /// The space for `topology`. A unit counts as scaled when one of its functions is.
    public init(_ topology: SchedulingTopology) {
        self.topology = topology
        let scaled = Set(topology.scaledFunctions)
        actions =
            topology.movableUnits.flatMap { unit -> [PlacementAction] in
                unit.functions.contains(where: scaled.contains)
                    ? [.moveToLowestC0(unit)] : topology.nodes.map { .move(unit, to: $0) }
            } + topology.replicaActions + [.stay]
    }
}
