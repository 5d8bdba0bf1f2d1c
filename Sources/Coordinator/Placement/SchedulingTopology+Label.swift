import FoundationEssentials
public import Topology

extension SchedulingTopology {
    /// What the checkpoint of a learner of `scheduler` over this topology is labelled with: it fits no other. Throws what
    /// JSON's encoder throws.
    public func checkpointLabel(for scheduler: Scheduler) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return "\(scheduler.rawValue) \(String(decoding: try encoder.encode(self), as: UTF8.self))"
    }

    /// The topology in a checkpoint's label, whoever the scheduler is; nil for what is no such label.
    public init?(ofCheckpointLabel label: String) {
        guard let space = label.firstIndex(of: " "),
            let written = try? JSONDecoder().decode(SchedulingTopology.self, from: Data(label[space...].utf8)),
            // What was written by a label of ours holds together; what is read here may be anything.
            let topology = try? SchedulingTopology(
                nodes: written.nodes, workflow: written.workflow, functions: written.functions,
                movableUnits: written.movableUnits, scaledFunctions: written.scaledFunctions,
                maximumReplicas: written.maximumReplicas)
        else { return nil }
        self = topology
    }
}
