import Learning
public import Placement
public import Settings
public import Topology

/// What the placement service is told at start.
public struct PlacementSettings: Sendable {
    /// Which nodes are decided about.
    public enum Nodes: Hashable, Sendable {
        /// These, and never others.
        case listed([NodeName])
        /// Those that the cluster has: each from when it is ready until it has not been for so long.
        case ready(leavesAfterNanoseconds: UInt64)
    }

    /// The nodes.
    public var nodes: Nodes
    /// What is decided about on the nodes given. Throws `SettingsError` when the parts do not fit together.
    public var topology: @Sendable (_ nodes: [NodeName]) throws(SettingsError) -> SchedulingTopology
    /// The session to begin with when the journal names none; nil waits for an order.
    public var initialSession: PlacementSession?
    /// Where the learner is kept.
    public var checkpointPath: String
    /// Steps between checkpoints.
    public var stepsPerCheckpoint: Int
    /// The checkpoint of a learner trained elsewhere, for a session to begin with where there is none of its own; nil for
    /// none.
    public var warmStartPath: String?
    /// What offline profiling knows; without it the Oracle scheduler cannot be used.
    public var profile: (any PlacementProfile)?
    /// What stands in front of every change; nil carries out whatever is chosen.
    public var guardSettings: GuardSettings?

    /// Settings as given.
    public init(
        nodes: Nodes, topology: @escaping @Sendable (_ nodes: [NodeName]) throws(SettingsError) -> SchedulingTopology,
        initialSession: PlacementSession?, checkpointPath: String, stepsPerCheckpoint: Int, warmStartPath: String? = nil,
        profile: (any PlacementProfile)? = nil, guardSettings: GuardSettings? = nil
    ) {
        self.nodes = nodes
        self.topology = topology
        self.initialSession = initialSession
        self.checkpointPath = checkpointPath
        self.stepsPerCheckpoint = stepsPerCheckpoint
        self.warmStartPath = warmStartPath
        self.profile = profile
        self.guardSettings = guardSettings
    }
}

extension PlacementSettings {
    /// What the section `placement` asks for, where `described` are the functions of its workflow by the workflow's
    /// description; nil without one. Throws `SettingsError` when the parts do not fit together, or there is no learner to
    /// begin with where one is named.
    public init(
        _ section: PlacementConfiguration, described: [FunctionName]?, profile: (any PlacementProfile)? = nil
    ) throws(SettingsError) {
        let subject = section.subject
        self.init(
            nodes: section.nodes,
            topology: { nodes throws(SettingsError) in try subject.topology(on: nodes, described: described) },
            initialSession: section.initialSession, checkpointPath: section.checkpointPath,
            stepsPerCheckpoint: section.stepsPerCheckpoint, warmStartPath: section.warmStartPath, profile: profile,
            guardSettings: section.guardSettings)
        try subject.check(described: described)
        guard let path = section.warmStartPath else { return }
        do {
            _ = try CheckpointStore(path: path).load()
        } catch {
            throw SettingsError("placement.warmStart: \(error.description)")
        }
    }
}
