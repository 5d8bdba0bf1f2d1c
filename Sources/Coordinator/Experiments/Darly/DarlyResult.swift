public import Placement

/// What `reeve experiment darly --json` writes.
public struct DarlyResult: Sendable, Hashable, Codable {
    /// One request of the experiment.
    public struct TraceEntry: Sendable, Hashable, Codable {
        /// Counts the requests of the experiment from 0, training first.
        public let step: Int
        /// "training" or "inference".
        public let phase: String
        /// The latency target, in seconds.
        public let qosSeconds: Double
        /// End-to-end latency in seconds; nil when the request failed.
        public let latencySeconds: Double?
        /// What was chosen, with its destination, for example "move framer to w02".
        public let action: String
        /// Whether chance chose.
        public let random: Bool
        /// The reward (eq. 5.1); nil when the request failed.
        public let reward: Double?
    }

    /// Always "darly".
    public var experiment = "darly"
    /// The scheduler, by its name.
    public let scheduler: Scheduler
    /// The scenario.
    public let scenario: DarlyScenario
    /// The preset, by its name.
    public let preset: String
    /// The seed.
    public let seed: UInt64
    /// Whether the learner was shown no counters.
    public let countersBlanked: Bool
    /// The training; nil for schedulers that do not learn.
    public let training: DarlyPhaseResult?
    /// The frozen inference from the start state.
    public let inference: DarlyPhaseResult
    /// What could have been reached in the inference; nil where no model tells, on a live cluster.
    public let ceiling: DarlyCeiling?
    /// Every request in order.
    public let trace: [TraceEntry]
    /// Seconds that training and inference took.
    public let wallSeconds: Double
    /// Where it ran.
    public let machine: MachineDescription
    /// The project's version.
    public let version: String
}
