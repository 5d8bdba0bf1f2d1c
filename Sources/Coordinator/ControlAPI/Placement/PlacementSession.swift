public import Placement

/// One run of a scheduler over the workflow's requests: what was asked for. It stands in the journal, so that a
/// restarted coordinator goes on with it.
public struct PlacementSession: Hashable, Sendable, Codable {
    /// Whether the learner may change.
    public enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
        /// Explores and learns.
        case training
        /// Acts by what it has learnt and learns nothing.
        case frozen
    }

    /// Who decides.
    public var scheduler: Scheduler
    /// The name of the preset that the learner was made with.
    public var preset: String
    /// Decides every random number of the learner.
    public var seed: UInt64
    /// The steps over which exploration is spread; afterwards a training session goes on learning at the final rate.
    public var trainingSteps: Int
    /// Whether the learner may change.
    public var mode: Mode

    /// A session as described.
    public init(scheduler: Scheduler, preset: String, seed: UInt64, trainingSteps: Int, mode: Mode) {
        self.scheduler = scheduler
        self.preset = preset
        self.seed = seed
        self.trainingSteps = trainingSteps
        self.mode = mode
    }
}
