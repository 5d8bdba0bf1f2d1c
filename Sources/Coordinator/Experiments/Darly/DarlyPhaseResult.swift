import Placement

/// How one phase of an experiment went: training or frozen inference.
public struct DarlyPhaseResult: Sendable, Hashable, Codable {
    /// Requests served.
    public let steps: Int
    /// Requests under the loose target and under the strict one.
    public let loose, strict: DarlyTally
    /// Mean of latency divided by target over the requests that ended; nil when none did.
    public let meanQuotient: Double?
    /// Sum of the rewards (eq. 5.1) over the requests that ended.
    public let cumulativeReward: Double
    /// The first step from which on at least 80 % of every 20 requests in a row kept their target until the end of the
    /// phase; nil when there was none. (The thesis names convergence time without defining it; this is the project's.)
    public let stepsToConverge: Int?

    /// Sums up `records`, whose requests had one of `targets`.
    init(_ records: [DecisionRecord], targets: DarlyTargets) {
        steps = records.count
        var loose = DarlyTally()
        var strict = DarlyTally()
        for record in records {
            if targets.isLoose(record.targetSeconds) {
                loose.add(served: record.isServed)
            } else {
                strict.add(served: record.isServed)
            }
        }
        self.loose = loose
        self.strict = strict
        let quotients = records.compactMap(\.quotient)
        meanQuotient = quotients.isEmpty ? nil : quotients.reduce(0, +) / Double(quotients.count)
        cumulativeReward = records.compactMap(\.reward).reduce(0, +)
        stepsToConverge = Self.stepsToConverge(records.map(\.isServed))
    }

    /// See the property of the same name; `window` and `share` are its 20 and 80 %.
    static func stepsToConverge(_ served: [Bool], window: Int = 20, share: Double = 0.8) -> Int? {
        guard served.count >= window else { return nil }
        var kept = served[(served.count - window)...].count { $0 }
        var first: Int?
        var start = served.count - window
        while Double(kept) >= share * Double(window) {
            first = start
            guard start > 0 else { break }
            start -= 1
            kept += (served[start] ? 1 : 0) - (served[start + window] ? 1 : 0)
        }
        return first
    }
}

extension DarlyPhaseResult {
    /// Share of all requests that kept their target, 0 to 1; nil when there were none.
    public var servedShare: Double? {
        steps == 0 ? nil : Double(loose.served + strict.served) / Double(steps)
    }
}
