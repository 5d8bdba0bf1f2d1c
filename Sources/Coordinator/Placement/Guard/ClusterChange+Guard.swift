import Cluster
import Topology

extension ClusterChange {
    /// The functions that are changed.
    var functions: [FunctionName] {
        switch self {
        case .move(let unit, _), .reschedule(let unit): unit.functions
        case .scale(let functions, _): functions
        }
    }

    /// What takes this change back on a cluster that was as `snapshot` before it; nil where that is not known.
    func undo(in snapshot: ClusterSnapshot, of topology: SchedulingTopology) -> ClusterChange? {
        switch self {
        case .move(let unit, _), .reschedule(let unit): snapshot.node(of: unit).map { .move(unit, to: $0) }
        case .scale(let functions, _): snapshot.commonReplicas(in: topology).map { .scale(functions, to: $0) }
        }
    }

    /// Whether there is anything left to do, on nodes that are there to do it.
    func isStillToBeMade(in state: PlacementState, of topology: SchedulingTopology) -> Bool {
        switch self {
        case .move(let unit, let node):
            state.snapshot.node(of: unit) != node && state.snapshot.nodes.contains { $0.name == node }
        case .reschedule: true
        case .scale(_, let count): state.snapshot.commonReplicas(in: topology) != count
        }
    }
}
