public import Topology

/// What offline profiling knows of a workflow: how fast each function is on each node under each level of interference
/// (the Oracle scheduler of the Darly thesis, section 5.3).
public protocol PlacementProfile: Sendable {
    /// The one of `nodes` on which `unit` is expected to make the workflow of `state` fastest; nil when the profile has
    /// nothing on the unit or on any of the nodes. Equal expectations go to the earlier node.
    func fastestNode(for unit: MovableUnit, among nodes: [NodeName], in state: PlacementState) -> NodeName?
}
