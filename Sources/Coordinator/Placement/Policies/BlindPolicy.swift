public import Learning

/// The yardstick that looks at nothing: never moves, adds replicas for as long as it may.
public struct BlindPolicy: Policy {
    private let add: Int?
    private let stay: Int

    /// The policy over `space`; one without replica actions leaves it nothing but to stay.
    public init(_ space: any ActionSpace) {
        add = space.actions.firstIndex(of: .scale(by: 1))
        stay = space.stay
    }

    /// One replica more where that is allowed, otherwise `stay`.
    public func decide(_: [Float], allowed: ActionMask) -> PolicyChoice {
        if let add, allowed[add] { return PolicyChoice(action: add) }
        return PolicyChoice(action: stay)
    }
}
