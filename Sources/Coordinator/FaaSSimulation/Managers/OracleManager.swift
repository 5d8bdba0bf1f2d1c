public import Harvesting

/// Gives each call what it can use and nothing more: the ceiling of what deciding call by call can reach.
///
/// Each call is to have its demand, exactly, and what is not there at its start in flight. So nobody is slowed down by
/// what he lends, nothing that could be of use elsewhere is held, and what is missing is the room in the cluster alone.
public struct OracleManager: ClairvoyantManager {
    /// An oracle.
    public init() {}

    public func decide(
        _ request: InvocationRequest, _ load: ClusterLoad, demand: InvocationDemand
    ) -> AllocationDecision {
        AllocationDecision(demand.most, mostInFlight: demand.most, placedByWish: true)
    }
}
