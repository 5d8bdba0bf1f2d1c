/// The schedulers of the Darly thesis, its baseline and three yardsticks.
public enum Scheduler: String, Sendable, Hashable, Codable, CaseIterable {
    /// A learner that maps each unit to any node and scales.
    case fullmap
    /// A learner that maps framer and facedetector to any node, the models to the node with the lowest C0, and scales.
    case custom
    /// A learner that only says what to move; kube-scheduler says where.
    case kubernetes
    /// A learner that only says what to move; offline profiles say where.
    case oracle
    /// Baseline: the cluster's own placement, no agent.
    case native
    /// Yardstick: never moves, adds replicas.
    case blind
    /// Yardstick: chance.
    case random
    /// Yardstick: the best fixed assignment in hindsight.
    case `static`

    /// Whether the scheduler learns.
    public var isLearned: Bool {
        switch self {
        case .fullmap, .custom, .kubernetes, .oracle: true
        case .native, .blind, .random, .static: false
        }
    }
}
