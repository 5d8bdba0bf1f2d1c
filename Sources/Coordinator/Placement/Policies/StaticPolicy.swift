public import Learning
public import Topology

/// The yardstick that carries out one fixed assignment and keeps it whatever happens.
public struct StaticPolicy: Policy {
    private let wanted: [Int]
    private let stay: Int

    /// The policy over `space` that moves each unit named in `assignment` to its node. It relies on a mask with
    /// `MaskRule.withoutEffect` to see which moves are still to be made; a move that `space` does not have is left out.
    public init(_ space: any ActionSpace, assignment: [String: NodeName]) {
        wanted = space.actions.indices.filter { place in
            guard case .move(let unit, let node) = space.actions[place] else { return false }
            return assignment[unit.name] == node
        }
        stay = space.stay
    }

    /// The first move that is still to be made, `stay` once all are.
    public func decide(_: [Float], allowed: ActionMask) -> PolicyChoice {
        PolicyChoice(action: wanted.first { allowed[$0] } ?? stay)
    }
}
