public import Measures
public import Placement

/// One scheduler's evaluations over several seeds, as the tables show them.
public struct DarlySummary: Sendable, Equatable, Codable {
    /// Below this share of loose targets kept a seed counts as failed.
    public static let failedLooseShare = 0.8
    /// Below this share of strict targets kept a seed counts as failed.
    public static let failedStrictShare = 0.5

    /// Who decided.
    public let scheduler: Scheduler
    /// Under which interference and targets.
    public let scenario: DarlyScenario
    /// The preset's name.
    public let preset: String
    /// The seeds, in the order given.
    public let seeds: [UInt64]
    /// Shares of requests that kept their target, 0 to 1, over the seeds; nil where there were no such requests.
    public let looseShare, strictShare, servedShare: Quartiles?
    /// Mean quotient of latency and target, over the seeds.
    public let meanQuotient: Quartiles?
    /// Cumulative reward, over the seeds.
    public let cumulativeReward: Quartiles?
    /// Steps of training until convergence, over the seeds that converged; nil when none did.
    public let stepsToConverge: Quartiles?
    /// Seeds that kept fewer than 80 % of the loose or 50 % of the strict targets.
    public let failedSeeds: [UInt64]
    /// Seconds that one experiment took, over the seeds.
    public let wallSeconds: Quartiles?

    /// Sums up `results`, which are of one scheduler, scenario and preset; nil when there are none.
    public init?(_ results: [DarlyResult]) {
        guard let first = results.first else { return nil }
        scheduler = first.scheduler
        scenario = first.scenario
        preset = first.preset
        seeds = results.map(\.seed)
        looseShare = Quartiles(results.compactMap(\.inference.loose.servedShare))
        strictShare = Quartiles(results.compactMap(\.inference.strict.servedShare))
        servedShare = Quartiles(results.compactMap(\.inference.servedShare))
        meanQuotient = Quartiles(results.map(\.inference.meanQuotient))
        cumulativeReward = Quartiles(results.map(\.inference.cumulativeReward))
        stepsToConverge = Quartiles(results.compactMap(\.training?.stepsToConverge).map(Double.init))
        failedSeeds = results.filter { Self.isFailed($0.inference) }.map(\.seed)
        wallSeconds = Quartiles(results.map(\.wallSeconds))
    }

    private static func isFailed(_ inference: DarlyPhaseResult) -> Bool {
        (inference.loose.servedShare ?? 1) < failedLooseShare || (inference.strict.servedShare ?? 1) < failedStrictShare
    }
}

extension DarlyPhaseResult {
    /// Share of all requests that kept their target, 0 to 1; nil when there were none.
    public var servedShare: Double? {
        steps == 0 ? nil : Double(loose.served + strict.served) / Double(steps)
    }
}
