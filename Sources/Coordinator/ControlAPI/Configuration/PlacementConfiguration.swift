public import Placement
import Settings
import Topology

/// The section `placement`: what is placed and by whom.
public struct PlacementConfiguration: Sendable {
    /// What is decided about.
    public var subject: PlacementSubject
    /// On which nodes.
    public var nodes: PlacementSettings.Nodes
    /// The session to begin with; nil waits for an order.
    public var initialSession: PlacementSession?
    /// Where the learner is kept.
    public var checkpointPath: String
    /// Steps between checkpoints.
    public var stepsPerCheckpoint: Int
    /// The checkpoint of a learner trained elsewhere, to begin with; nil for none.
    public var warmStartPath: String?
    /// How long a run waits for a decision before it begins without one.
    public var decisionWithinNanoseconds: UInt64
    /// What stands in front of every change; nil carries out whatever is chosen.
    public var guardSettings: GuardSettings?

    /// Reads the section; where `isGuarded`, there is a guard also where the section has none.
    init(_ section: SettingsSection, isGuarded: Bool) throws(SettingsError) {
        subject = try PlacementSubject(section)
        nodes = try Self.nodes(section)
        let live = Scheduler.allCases.filter { $0 != .static }.map(\.rawValue)
        let scheduler = try section.choice("scheduler", of: live, default: Scheduler.custom.rawValue)
        let preset = try section.choice("preset", of: PlacementPreset.all.map(\.name), default: PlacementPreset.reeve.name)
        let seed = try section.integer("seed", in: 0...Int.max, default: 1)
        let steps = try section.integer("trainingSteps", in: 1...10_000_000, default: 500)
        let start = try section.choice("start", of: ["training", "on-order"], default: "training")
        initialSession =
            start == "on-order"
            ? nil
            : Scheduler(rawValue: scheduler).map {
                PlacementSession(
                    scheduler: $0, preset: preset, seed: UInt64(seed), trainingSteps: steps, mode: .training)
            }
        checkpointPath = try section.string("checkpoint")
        stepsPerCheckpoint = try section.integer("stepsPerCheckpoint", in: 1...1_000_000, default: 10)
        warmStartPath = try section.optionalString("warmStart")
        decisionWithinNanoseconds = try section.nanoseconds(
            "decisionWithin", in: 1_000_000_000...3_600_000_000_000, default: 120_000_000_000)
        let placementGuard = isGuarded ? try section.sectionOrStandard("guard") : try section.section("guard")
        guardSettings = try placementGuard.map { section throws(SettingsError) in try GuardSettings(section) }
    }

    private static func nodes(_ section: SettingsSection) throws(SettingsError) -> PlacementSettings.Nodes {
        guard section.keys.contains("nodes") else {
            return .ready(
                leavesAfterNanoseconds: try section.nanoseconds(
                    "nodeLeavesAfter", in: 1_000_000_000...86_400_000_000_000, default: 300_000_000_000))
        }
        let names = try section.strings("nodes")
        guard !names.isEmpty, Set(names).count == names.count else {
            throw SettingsError(
                "\(section.path).nodes is \(names.joined(separator: ", ")): allowed is at least one name, and each once")
        }
        return .listed(names.map { NodeName($0) })
    }
}
