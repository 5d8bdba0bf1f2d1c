import Cluster
public import Placement
public import Simulation
public import Topology

/// The test bed's offline profiles as Oracle asks them: the interference on each node is told from its counters, then
/// the unit's profiled seconds at that level are compared.
public struct MeasuredProfile: PlacementProfile {
    let profiles: OfflineProfiles

    /// What `profiles` tell.
    public init(profiles: OfflineProfiles) { self.profiles = profiles }

    /// The node on which the unit's functions take the fewest profiled seconds together; nodes whose interference
    /// cannot be told are left out.
    public func fastestNode(for unit: MovableUnit, among nodes: [NodeName], in state: PlacementState) -> NodeName? {
        var fastest: (node: NodeName, seconds: Double)?
        for node in nodes {
            guard let seconds = seconds(of: unit, on: node, in: state) else { continue }
            if seconds < fastest?.seconds ?? .infinity { fastest = (node, seconds) }
        }
        return fastest?.node
    }

    private func seconds(of unit: MovableUnit, on node: NodeName, in state: PlacementState) -> Double? {
        let hosted = Set(state.snapshot.assignment.filter { $0.value == node }.map(\.key))
        guard let metrics = state.metrics[node],
            let level = profiles.level(showing: metrics, on: node, hosting: hosted.sorted())
        else { return nil }
        var total = 0.0
        for function in unit.functions {
            guard let seconds = profiles.profile(function, on: node, at: level) else { return nil }
            total += seconds
        }
        return total
    }
}
