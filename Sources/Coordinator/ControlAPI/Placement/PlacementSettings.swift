public import Placement
public import Topology

/// What the placement service is told at start.
public struct PlacementSettings: Sendable {
    /// What is decided about.
    public var topology: SchedulingTopology
    /// The session to begin with when the journal names none; nil waits for an order.
    public var initialSession: PlacementSession?
    /// Where the learner is kept.
    public var checkpointPath: String
    /// Steps between checkpoints.
    public var stepsPerCheckpoint: Int
    /// What offline profiling knows; without it the Oracle scheduler cannot be used.
    public var profile: (any PlacementProfile)?
    /// What stands in front of every change; nil carries out whatever is chosen.
    public var guardSettings: GuardSettings?

    /// Settings as given.
    public init(
        topology: SchedulingTopology, initialSession: PlacementSession?, checkpointPath: String, stepsPerCheckpoint: Int,
        profile: (any PlacementProfile)? = nil, guardSettings: GuardSettings? = nil
    ) {
        self.topology = topology
        self.initialSession = initialSession
        self.checkpointPath = checkpointPath
        self.stepsPerCheckpoint = stepsPerCheckpoint
        self.profile = profile
        self.guardSettings = guardSettings
    }
}

extension PlacementSettings {
    /// What the section `placement` asks for, over `topology`.
    public init(
        _ section: PlacementConfiguration, topology: SchedulingTopology, profile: (any PlacementProfile)? = nil
    ) {
        self.init(
            topology: topology, initialSession: section.initialSession, checkpointPath: section.checkpointPath,
            stepsPerCheckpoint: section.stepsPerCheckpoint, profile: profile, guardSettings: section.guardSettings)
    }
}
