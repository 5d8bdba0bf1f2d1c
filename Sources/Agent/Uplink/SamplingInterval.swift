import Measures
import Wire

/// How often an agent samples: as its configuration says until the coordinator asks for something else, and less often
/// while that costs more than the agent's budget.
///
/// All nodes of an agent are read in one tick, so the node that is asked for most often decides for all.
struct SamplingInterval: Sendable {
    private static let longest = WireLimits.intervalMilliseconds.upperBound

    private let configured: UInt32
    private var ordered: [UInt32?]
    private var budget: RateBudget

    /// Nothing asked for yet by any of so many nodes; `budget` is a share of one core.
    init(configuredMilliseconds: UInt32, nodes: Int, budget: Double) {
        configured = configuredMilliseconds
        ordered = Array(repeating: nil, count: nodes)
        self.budget = RateBudget(limit: budget)
    }

    /// The interval that is asked for, in milliseconds.
    var askedMilliseconds: UInt32 { ordered.lazy.map { $0 ?? configured }.min() ?? configured }

    /// The interval in force, in milliseconds.
    var milliseconds: UInt32 { budget.interval(asked: askedMilliseconds, longest: Self.longest) }

    /// The interval in force, in nanoseconds.
    var nanoseconds: UInt64 { UInt64(milliseconds) * 1_000_000 }

    /// Notes that the coordinator wants node number `node` sampled every so many milliseconds.
    mutating func order(_ milliseconds: UInt32, by node: Int) {
        let before = askedMilliseconds
        ordered[node] = milliseconds
        if askedMilliseconds != before { budget.reset() }
    }

    /// Judges the agent's cost at a sample: it had used `cpuSeconds` in all by `now`.
    mutating func observe(cpuSeconds: Double, at now: MonotonicInstant) -> RateBudget.Change? {
        budget.observe(cpuSeconds: cpuSeconds, at: now, interval: milliseconds, longest: Self.longest)
    }
}
