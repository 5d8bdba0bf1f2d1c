public import Harvesting

/// Wants the most there is for every call: shows what giving without taking comes to where room is limited.
public struct EverythingManager: ResourceManager {
    /// What it wants.
    public let most: Resources

    /// A manager that wants `most` each time: 8 cores and 512 MiB unless told otherwise.
    public init(most: Resources = AllocationGrid.published.maximum) {
        self.most = most
    }

    public func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        AllocationDecision(most, placedByWish: true)
    }

    public func finished(_ record: FinishedInvocation) {}
}
