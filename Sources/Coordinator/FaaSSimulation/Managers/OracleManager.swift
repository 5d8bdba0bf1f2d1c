public import Harvesting

/// Gives each call what it can use and nothing more: the ceiling of what deciding call by call can reach.
///
/// Each call gets the least amounts of the grid that cover its demand. So nobody is slowed down by what he lends,
/// nothing that could be of use elsewhere is held, and what is missing is the room in the cluster alone.
public struct OracleManager: ClairvoyantManager {
    /// The amounts it chooses among.
    public let grid: AllocationGrid

    /// An oracle that chooses among the amounts of `grid`.
    public init(grid: AllocationGrid = .published) {
        self.grid = grid
    }

    public func decide(
        _ request: InvocationRequest, _ load: ClusterLoad, demand: InvocationDemand
    ) -> AllocationDecision {
        AllocationDecision(grid.allocation(of: grid.index(covering: demand.most)))
    }
}
