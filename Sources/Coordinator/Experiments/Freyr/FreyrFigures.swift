internal import FaaSSimulation
internal import Measures

/// What the freyr experiment reports of one manager, from one run, or the medians of several.
///
/// RFET is execution by execution with the user's amounts, without wait and cold start. A figure that no call stands
/// for is absent.
public struct FreyrFigures: Sendable, Hashable, Codable {
    /// Mean and percentiles of RFET.
    public var meanRFET, p50RFET, p98RFET, p99RFET: Double?
    /// The 98th percentile of RFET of the calls that were given less than their user's amount of a resource.
    public var p98HarvestedRFET: Double?
    /// Seconds from arrival to end: wait, cold start and execution.
    public var meanLatencySeconds, p98LatencySeconds, p99LatencySeconds: Double?
    /// Seconds of waiting.
    public var meanWaitSeconds: Double?
    /// The share of calls that were given less than the user's amount of a resource at their start, and of those that
    /// were given more then or in flight.
    public var harvestedShare, acceleratedShare: Double?
    /// The share of calls about which the safeguard decided, and to which what they lent was given back while they ran.
    public var safeguardedShare, reclaimedShare: Double?
    /// The share of calls that took longer, and less long, than with the user's amounts.
    public var slowerShare, fasterShare: Double?
    /// The share of calls that lost what they had borrowed while they ran.
    public var shrunkShare: Double?
    /// The share of calls with a cold start.
    public var coldShare: Double?
    /// What the calls held, in parts of what their users defined over their baselines.
    public var meanCharge: Double?
    /// Gain less weighed harm less the price of what was held.
    public var meanReward: Double?

    /// All figures, for whatever is done with each of them.
    static let all: [any WritableKeyPath<Self, Double?> & Sendable] = [
        \.meanRFET, \.p50RFET, \.p98RFET, \.p99RFET, \.p98HarvestedRFET, \.meanLatencySeconds, \.p98LatencySeconds,
        \.p99LatencySeconds, \.meanWaitSeconds, \.harvestedShare, \.acceleratedShare, \.safeguardedShare,
        \.reclaimedShare, \.slowerShare, \.fasterShare, \.shrunkShare, \.coldShare, \.meanCharge, \.meanReward,
    ]

    /// Nothing is known yet.
    init() {}

    /// The figures of `run`.
    public init(_ run: FreyrRun) {
        let metrics = run.metrics
        let relative = metrics.relativeExecution
        meanRFET = relative.mean
        p50RFET = relative.quantile(0.5)
        p98RFET = relative.quantile(0.98)
        p99RFET = relative.quantile(0.99)
        p98HarvestedRFET = metrics.relativeExecutionOfHarvested.quantile(0.98)
        meanLatencySeconds = metrics.completionSeconds.mean
        p98LatencySeconds = metrics.completionSeconds.quantile(0.98)
        p99LatencySeconds = metrics.completionSeconds.quantile(0.99)
        meanWaitSeconds = metrics.waitSeconds.mean
        harvestedShare = metrics.share(metrics.harvested)
        acceleratedShare = metrics.share(metrics.accelerated)
        safeguardedShare = metrics.share(metrics.safeguarded)
        reclaimedShare = metrics.share(metrics.reclaimed)
        slowerShare = metrics.share(metrics.slower)
        fasterShare = metrics.share(metrics.faster)
        shrunkShare = metrics.share(metrics.shrunk)
        coldShare = metrics.share(metrics.cold)
        meanCharge = metrics.calls > 0 ? run.meanCharge : nil
        meanReward = metrics.calls > 0 ? run.meanReward : nil
    }

    /// Each figure made by `make` of the figures of `several`, those that have it.
    init(of several: [FreyrFigures], _ make: ([Double]) -> Double?) {
        for figure in Self.all { self[keyPath: figure] = make(several.compactMap { $0[keyPath: figure] }) }
    }

    /// The median of each figure.
    public static func median(of several: [FreyrFigures]) -> FreyrFigures {
        FreyrFigures(of: several) { Quartiles($0)?.median }
    }
}
