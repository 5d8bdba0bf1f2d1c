public import Topology

/// Moves a unit to where offline profiles expect it to be fastest, or stays: 4 actions for the thesis' topology (Darly
/// thesis, section 5.3). It has no replica actions.
public struct OracleActionSpace: ActionSpace {
    /// The topology that the actions were generated from.
    public let topology: SchedulingTopology
    /// Units in the topology's order; then stay.
    public let actions: [PlacementAction]
    /// Where the destinations come from.
    public let profile: (any PlacementProfile)?

    /// The space for `topology` with destinations from `profile`.
    public init(_ topology: SchedulingTopology, profile: any PlacementProfile) {
        self.topology = topology
        self.profile = profile
        actions = topology.movableUnits.map { .moveByProfile($0) } + [.stay]
    }
}
