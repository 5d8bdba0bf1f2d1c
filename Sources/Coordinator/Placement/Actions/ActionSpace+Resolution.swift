public import Learning
import Topology

/// Which actions a scheduler forbids beside those that may do harm.
public enum MaskRule: String, Sendable, Hashable, Codable, CaseIterable {
    /// Only moves to a node that is unknown or not ready. What changes nothing is allowed and does nothing, as in the
    /// thesis.
    case unknownNodes
    /// Also whatever would change nothing, such as a move to where the unit already is or a replica beyond the bounds;
    /// `stay` is the one way to stay.
    case withoutEffect
}

/// What choosing an action means in one state.
public enum Resolution: Sendable, Hashable {
    /// The cluster is to be changed.
    case change(ClusterChange)
    /// The action leaves everything as it is.
    case nothing
    /// There is no node that the action could safely use.
    case impossible
}

extension ActionSpace {
    /// What `action` means in `state`. Of nodes with equal C0 residency the earlier one in the topology is taken.
    public func resolve(_ action: PlacementAction, in state: PlacementState) -> Resolution {
        switch action {
        case .move(let unit, let node):
            return moving(unit, to: node, in: state)
        case .moveToLowestC0(let unit):
            return moving(unit, to: lowestC0(in: state), in: state)
        case .moveByProfile(let unit):
            let nodes = topology.nodes.filter(state.mayReceive)
            return moving(unit, to: profile?.fastestNode(for: unit, among: nodes, in: state), in: state)
        case .reschedule(let unit):
            return .change(.reschedule(unit))
        case .scale(let change):
            guard let replicas = state.snapshot.commonReplicas(in: topology) else { return .impossible }
            let wanted = min(max(replicas + change, 1), topology.maximumReplicas)
            return wanted == replicas ? .nothing : .change(.scale(topology.scaledFunctions, to: wanted))
        case .stay:
            return .nothing
        }
    }

    /// The actions that may be chosen in `state`; never empty, for `stay` is always allowed.
    public func mask(in state: PlacementState, rule: MaskRule) -> ActionMask {
        ActionMask(
            allowed: actions.map { action in
                switch resolve(action, in: state) {
                case .change: true
                case .nothing: action == .stay || rule == .unknownNodes
                case .impossible: false
                }
            })
    }

    private func moving(_ unit: MovableUnit, to node: NodeName?, in state: PlacementState) -> Resolution {
        guard let node, state.mayReceive(node) else { return .impossible }
        return state.snapshot.node(of: unit) == node ? .nothing : .change(.move(unit, to: node))
    }

    private func lowestC0(in state: PlacementState) -> NodeName? {
        var lowest: (node: NodeName, residency: Double)?
        for node in topology.nodes where state.mayReceive(node) {
            guard let residency = state.metrics[node]?.value(.c0Residency), residency.isFinite else { continue }
            if residency < lowest?.residency ?? .infinity { lowest = (node, residency) }
        }
        return lowest?.node
    }
}
