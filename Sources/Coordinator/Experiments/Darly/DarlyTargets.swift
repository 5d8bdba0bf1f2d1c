import Simulation
public import Topology

/// The two latency targets of an experiment.
public struct DarlyTargets: Sendable, Hashable, Codable {
    /// Seconds of the target that is easy to keep.
    public let looseSeconds: Double
    /// Seconds of the target that is hard to keep; fewer than `looseSeconds`.
    public let strictSeconds: Double

    /// Takes both in seconds; throws `TopologyError` unless they are positive and the loose one is the larger.
    public init(looseSeconds: Double, strictSeconds: Double) throws(TopologyError) {
        for seconds in [looseSeconds, strictSeconds] { _ = try LatencyTarget(seconds: seconds) }
        guard looseSeconds > strictSeconds else {
            throw TopologyError(
                "a loose target of \(looseSeconds) s beside a strict one of \(strictSeconds) s is not possible: "
                    + "the loose one must be the larger")
        }
        self.init(checkedLoose: looseSeconds, strict: strictSeconds)
    }

    /// The thesis' targets (section 5.4).
    public static let thesis = DarlyTargets(checkedLoose: Scenario.looseSeconds, strict: Scenario.strictSeconds)

    private init(checkedLoose looseSeconds: Double, strict strictSeconds: Double) {
        self.looseSeconds = looseSeconds
        self.strictSeconds = strictSeconds
    }

    /// Whether a request whose target is `seconds` counts as loose.
    func isLoose(_ seconds: Double) -> Bool { seconds >= looseSeconds }
}
