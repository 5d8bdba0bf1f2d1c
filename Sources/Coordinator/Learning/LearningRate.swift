/// The optimiser's step size as a function of how much of the training is left; evaluated at the start of each round
/// of gradient steps, as Stable-Baselines3 does.
public enum LearningRate: Hashable, Sendable, Codable {
    /// The same rate throughout.
    case constant(Double)
    /// From `initial` at the first step to `final` at the last, in equal parts.
    case linear(initial: Double, final: Double)

    /// The rate when `progressRemaining` of the training is left: 1 at the start, 0 at the end. Beyond the end a linear
    /// rate stays at its last value.
    public func value(progressRemaining: Double) -> Double {
        switch self {
        case .constant(let rate): rate
        case .linear(let initial, let final): final + max(0, progressRemaining) * (initial - final)
        }
    }

    var extremes: [Double] {
        switch self {
        case .constant(let rate): [rate]
        case .linear(let initial, let final): [initial, final]
        }
    }
}
