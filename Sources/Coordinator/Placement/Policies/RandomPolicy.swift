public import Learning
import Measures

/// The yardstick that chooses uniformly among what is allowed.
public struct RandomPolicy: Policy {
    private var random: SeededRandom

    /// The policy whose choices repeat from `seed`.
    public init(seed: UInt64) {
        random = SeededRandom(seed: seed, stream: "random policy")
    }

    /// An allowed action, each as likely as the other.
    public mutating func decide(_: [Float], allowed: ActionMask) -> PolicyChoice {
        let places = (0..<allowed.actionCount).filter { allowed[$0] }
        return PolicyChoice(action: places[random.index(below: places.count)], isRandom: true, epsilon: 1)
    }
}
