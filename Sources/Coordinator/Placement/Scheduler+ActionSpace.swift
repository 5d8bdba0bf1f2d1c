public import Topology

extension Scheduler {
    /// What the scheduler can choose from on `topology`; nil for Oracle without a `profile`. The baseline and the
    /// yardsticks are given Fullmap's space, so that they could do all that a learner can.
    public func actionSpace(
        for topology: SchedulingTopology, profile: (any PlacementProfile)?
    ) -> (any ActionSpace)? {
        switch self {
        case .fullmap, .native, .blind, .random, .static: FullmapActionSpace(topology)
        case .custom: CustomActionSpace(topology)
        case .kubernetes: KubernetesActionSpace(topology)
        case .oracle: profile.map { OracleActionSpace(topology, profile: $0) }
        }
    }
}
