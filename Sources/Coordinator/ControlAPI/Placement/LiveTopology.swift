import Cluster
import Measures
import Placement
import Settings
import Topology

/// What is decided about at the moment: the topology on the nodes that are listed, or on those that there are.
struct LiveTopology {
    /// The topology.
    private(set) var topology: SchedulingTopology
    private let settings: PlacementSettings
    /// Nil where the nodes are listed.
    private var roster: NodeRoster?

    /// The topology on the cluster that `snapshot` shows; nil while no node of it can be decided about. Where nodes come
    /// and go, those in `known` are taken to have been ready until `now`, in their order.
    ///
    /// Throws `SettingsError` naming a listed node, or a function, that the cluster does not have.
    init?(_ settings: PlacementSettings, snapshot: ClusterSnapshot, known: [NodeName], at now: MonotonicInstant) throws {
        self.settings = settings
        let present = snapshot.nodes.map(\.name)
        switch settings.nodes {
        case .listed(let nodes):
            if let missing = nodes.first(where: { !present.contains($0) }) {
                let names = present.map(\.rawValue).sorted().joined(separator: ", ")
                throw SettingsError(
                    "placement.nodes names \(missing), which the cluster does not have: its nodes are \(names)")
            }
            topology = try settings.topology(nodes)
        case .ready(let leavesAfterNanoseconds):
            var roster = NodeRoster(leavesAfterNanoseconds: leavesAfterNanoseconds, known: known, at: now)
            _ = roster.take(ready: present, at: now)
            guard !roster.nodes.isEmpty else { return nil }
            self.roster = roster
            topology = try settings.topology(roster.nodes)
        }
        try topology.checkFunctions(against: snapshot)
    }

    /// Whether the nodes may change.
    var follows: Bool { roster != nil }

    /// Takes in which nodes the cluster has at `now`; returns whether the topology is another one. Throws
    /// `SettingsError` when there can be none on the new nodes.
    mutating func take(_ snapshot: ClusterSnapshot, at now: MonotonicInstant) throws -> Bool {
        guard roster?.take(ready: snapshot.nodes.map(\.name), at: now) == true, let roster else { return false }
        topology = try settings.topology(roster.nodes)
        return true
    }
}
