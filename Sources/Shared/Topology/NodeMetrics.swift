/// One value with everything that is needed to trust it or not.
public struct Reading: Hashable, Sendable, Codable {
    /// The value in the metric's unit; nil when it is absent. Absent is never zero.
    public let value: Double?
    /// How the value came about.
    public let quality: Quality
    /// Where it was read.
    public let source: String
    /// Seconds since the newest sample behind it was taken.
    public let ageSeconds: Double

    /// A reading as described.
    public init(value: Double?, quality: Quality, source: String, ageSeconds: Double) {
        self.value = value
        self.quality = quality
        self.source = source
        self.ageSeconds = ageSeconds
    }
}

/// What is known of one node as a whole. A node that has not been heard of for too long is unknown, never idle.
public enum NodeMetrics: Hashable, Sendable {
    /// Readings of system scope by metric.
    case known([Metric: Reading])
    /// Nothing fresh enough; the sentence says since when or why.
    case unknown(reason: String)

    /// Whether there are readings at all.
    public var isKnown: Bool {
        switch self {
        case .known: true
        case .unknown: false
        }
    }

    /// The value of `metric`, nil when the node is unknown or the metric absent.
    public func value(_ metric: Metric) -> Double? {
        guard case .known(let readings) = self else { return nil }
        return readings[metric]?.value
    }
}
