public import Learning

/// Leaves everything as it is: the baseline without an agent, where only the cluster's own scheduler placed the
/// functions.
public struct StayPolicy: Policy {
    private let stay: Int

    /// The policy over `space`.
    public init(_ space: any ActionSpace) {
        stay = space.stay
    }

    /// Always `stay`.
    public func decide(_: [Float], allowed _: ActionMask) -> PolicyChoice { PolicyChoice(action: stay) }
}

extension ActionSpace {
    /// Place of `stay`, which every space has.
    var stay: Int {
        guard let place = actions.firstIndex(of: .stay) else {
            preconditionFailure("an action space has no stay action")
        }
        return place
    }
}
