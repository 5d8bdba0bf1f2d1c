import Learning
import Placement
import Topology

/// A learner that was trained elsewhere, such as in the simulator, for a session to begin with.
///
/// The rule: scheduler, functions, units, scaled functions and largest replica count must be the same, and so must the
/// number of nodes. Only names may be others: the workflow's, and those of the nodes, each of which takes the place of the
/// one at its position in the list.
struct WarmStart {
    /// The file of the checkpoint.
    let path: String

    /// The learner for `session` over `topology`. Throws `LearningError` when the file cannot be used, and `SessionError`
    /// when what was learnt is about something else.
    func checkpoint(for session: PlacementSession, on topology: SchedulingTopology) throws -> Checkpoint {
        let checkpoint = try CheckpointStore(path: path).load().checkpoint
        if let difference = Self.difference(of: checkpoint.topology, from: topology, session.scheduler) {
            throw SessionError("placement.warmStart: \(path) cannot be begun with: \(difference)")
        }
        let learner = try DQN(restoring: checkpoint, topology: checkpoint.topology)
        return try learner.checkpoint(topology: topology.checkpointLabel(for: session.scheduler), preset: checkpoint.preset)
    }

    /// Why a learner labelled `label` cannot serve `scheduler` over `topology`, as a sentence's part; nil when it can.
    static func difference(
        of label: String, from topology: SchedulingTopology, _ scheduler: Scheduler
    ) -> String? {
        guard let learnt = SchedulingTopology(ofCheckpointLabel: label) else {
            return "it does not say what it was trained for"
        }
        let name = label.prefix { $0 != " " }
        guard name == scheduler.rawValue else {
            return "it was trained as scheduler \(name), and allowed here is \(scheduler.rawValue)"
        }
        let pairs = [
            ("functions", list(learnt.functions), list(topology.functions)),
            ("units", list(learnt.movableUnits), list(topology.movableUnits)),
            ("scaled functions", list(learnt.scaledFunctions), list(topology.scaledFunctions)),
            ("largest replica count", "\(learnt.maximumReplicas)", "\(topology.maximumReplicas)"),
            ("number of nodes", "\(learnt.nodes.count)", "\(topology.nodes.count)"),
        ]
        guard let (what, theirs, ours) = pairs.first(where: { $0.1 != $0.2 }) else { return nil }
        return "its \(what) is \(theirs), and allowed here is \(ours)"
    }

    private static func list(_ functions: [FunctionName]) -> String {
        functions.isEmpty ? "none" : functions.map(\.rawValue).joined(separator: ", ")
    }

    private static func list(_ units: [MovableUnit]) -> String {
        units.isEmpty ? "none" : units.map { "\($0.name) (\(list($0.functions)))" }.joined(separator: ", ")
    }
}
