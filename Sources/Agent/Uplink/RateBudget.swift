import Measures

/// Keeps the agent's cost within a share of one core by sampling less often: a pure value that is told the processor
/// time used so far.
///
/// Cost is judged over some seconds, so that a single costly sample means nothing. Above the budget the interval doubles,
/// again and again while it has to. It halves again only when twice the present cost, which is what half the interval
/// costs at most, would stay well below the budget for some while: so it never swings between two intervals.
struct RateBudget: Sendable {
    /// What a look at the cost led to.
    enum Change: Hashable, Sendable {
        /// The interval doubled: this share of one core was used.
        case lowered(share: Double)
        /// The interval halved: this share of one core was used.
        case raised(share: Double)
    }

    /// How long cost is measured before it is judged, in nanoseconds; at least two samples.
    static let judgedNanoseconds: UInt64 = 5_000_000_000
    /// Judgements in a row that must find the cost low enough.
    static let cheapJudgements = 3
    /// Of the budget, how much the forecast cost of half the interval may reach.
    static let returnShare = 0.75

    private let limit: Double
    private var start: (cpuSeconds: Double, at: MonotonicInstant)?
    private var cheap = 0
    /// How often the interval has been doubled.
    private(set) var doublings = 0

    /// Nothing used yet of a budget of `limit`, as a share of one core.
    init(limit: Double) { self.limit = limit }

    /// The interval that the budget leaves of the one that is asked for, in milliseconds: at most `longest`.
    func interval(asked milliseconds: UInt32, longest: UInt32) -> UInt32 {
        var interval = milliseconds
        for _ in 0..<doublings where interval < longest { interval = min(interval * 2, longest) }
        return interval
    }

    /// Begins anew at the interval that is asked for, because another one is asked for.
    mutating func reset() {
        start = nil
        cheap = 0
        doublings = 0
    }

    /// Judges the cost at a sample: the process had used `cpuSeconds` in all by `now`, at samples every `interval`
    /// milliseconds, of at most `longest`.
    mutating func observe(
        cpuSeconds: Double, at now: MonotonicInstant, interval: UInt32, longest: UInt32
    ) -> Change? {
        guard let start else {
            self.start = (cpuSeconds, now)
            return nil
        }
        guard now.nanoseconds(since: start.at) >= max(Self.judgedNanoseconds, 2 * UInt64(interval) * 1_000_000) else {
            return nil
        }
        self.start = (cpuSeconds, now)
        let share = max(cpuSeconds - start.cpuSeconds, 0) / now.seconds(since: start.at)
        if share > limit {
            cheap = 0
            guard interval < longest else { return nil }
            doublings += 1
            return .lowered(share: share)
        }
        guard doublings > 0, 2 * share <= Self.returnShare * limit else {
            cheap = 0
            return nil
        }
        cheap += 1
        guard cheap >= Self.cheapJudgements else { return nil }
        cheap = 0
        doublings -= 1
        return .raised(share: share)
    }
}
