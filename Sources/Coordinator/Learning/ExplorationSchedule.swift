/// The probability of a random action over a training run: linear for a share of it, then constant.
///
/// The order of operations is that of Stable-Baselines3's `LinearSchedule`, in double precision, so that the values
/// agree bit for bit.
public struct ExplorationSchedule: Hashable, Sendable {
    /// The probabilities at the start and from `fraction` of the run on.
    public let initial, final: Double
    /// The share of the run over which the probability changes, in (0, 1].
    public let fraction: Double

    /// A schedule from `initial` to `final` over the first `fraction` of a run.
    public init(initial: Double, final: Double, fraction: Double) {
        self.initial = initial
        self.final = final
        self.fraction = fraction
    }

    /// Epsilon when `progressRemaining` of the run is left: 1 at the start, 0 at the end.
    public func epsilon(progressRemaining: Double) -> Double {
        let done = 1 - progressRemaining
        return done > fraction ? final : initial + done * (final - initial) / fraction
    }

    /// The share of a run of `totalSteps` that is left after `steps`; negative beyond its end.
    static func progressRemaining(steps: Int, totalSteps: Int) -> Double {
        1 - Double(steps) / Double(totalSteps)
    }
}
