/// Holds random changes to a share of decisions, whatever a policy's own schedule says.
///
/// The rule: each decision earns the share, a random change costs one whole; no more than one can be saved up, and at
/// the start there is nothing.
struct ExplorationAllowance: Sendable {
    private let ceiling: Double
    private var earned = 0.0

    init(ceiling: Double) { self.ceiling = ceiling }

    /// Shares that add up to one by rounding alone, such as ten tenths, are one.
    private static let roundingError = 1e-9

    mutating func noteDecision() { earned = min(earned + ceiling, 1) }

    /// Why a random change is not allowed now, if so.
    var refusal: GuardRefusal? {
        guard earned < 1 - Self.roundingError else { return nil }
        guard ceiling > 0 else { return .explorationOff }
        let left = ((1 - Self.roundingError - earned) / ceiling).rounded(.up)
        return .explorationSpent(ceiling: ceiling, decisionsLeft: Int(exactly: left) ?? .max)
    }

    mutating func spend() { earned = max(earned - 1, 0) }
}
