public import Topology

/// What a scheduler can choose from. Every action keeps its place in the list for the life of the space, since a
/// learner knows it by that place.
public protocol ActionSpace: Sendable {
    /// The topology that the actions were generated from.
    var topology: SchedulingTopology { get }
    /// The actions, in the order in which a learner numbers them; at least `stay` is among them.
    var actions: [PlacementAction] { get }
    /// The offline profiles behind `moveByProfile`; nil for spaces without that action.
    var profile: (any PlacementProfile)? { get }
}

extension ActionSpace {
    /// None, since most spaces need none.
    public var profile: (any PlacementProfile)? { nil }
}
