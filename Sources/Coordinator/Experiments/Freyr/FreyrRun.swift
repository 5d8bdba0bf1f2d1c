public import FaaSSimulation
internal import Harvesting

/// What came of one workload under one manager.
public struct FreyrRun: Sendable {
    /// Who decided.
    public let subject: FreyrSubject
    /// The seed of the workload.
    public let seed: UInt64
    /// What is reported of the calls.
    public let metrics: CallMetrics
    /// What the calls had and used over time.
    public let utilisation: UtilisationSeries
    /// What the calls held, in parts of what their users defined over their baselines: the mean of
    /// `FreyrReward.charge`.
    public let meanCharge: Double
    /// The mean reward, by which a gain is weighed against harm and against what is held.
    public let meanReward: Double
    /// Seconds that the simulation took.
    public let wallSeconds: Double
}

/// Passes records on to another sink, and adds up what they are worth.
struct FreyrSink<Next: InvocationSink>: InvocationSink {
    var metrics = CallMetrics()
    var next: Next
    private let reward: FreyrReward
    private var charge = 0.0
    private var value = 0.0

    init(reward: FreyrReward, next: Next) {
        self.reward = reward
        self.next = next
    }

    mutating func record(_ record: borrowing InvocationRecord) {
        metrics.record(record)
        next.record(record)
        charge += FreyrReward.charge(of: record.finished)
        value += reward.value(of: record.finished)
    }

    var meanCharge: Double { metrics.calls > 0 ? charge / Double(metrics.calls) : 0 }
    var meanReward: Double { metrics.calls > 0 ? value / Double(metrics.calls) : 0 }
}

/// Takes records and keeps nothing.
public struct DiscardedRecords: InvocationSink, Sendable {
    /// Keeps nothing.
    public init() {}

    public mutating func record(_ record: borrowing InvocationRecord) {}
}
