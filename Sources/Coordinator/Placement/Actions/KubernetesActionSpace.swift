public import Topology

/// Takes a unit from its node and lets kube-scheduler place it anew, or stays: 4 actions for the thesis' topology
/// (Darly thesis, section 5.3). It has no replica actions.
public struct KubernetesActionSpace: ActionSpace {
    /// The topology that the actions were generated from.
    public let topology: SchedulingTopology
    /// Units in the topology's order; then stay.
    public let actions: [PlacementAction]

    /// The space for `topology`.
    public init(_ topology: SchedulingTopology) {
        self.topology = topology
        actions = topology.movableUnits.map { .reschedule($0) } + [.stay]
    }
}
