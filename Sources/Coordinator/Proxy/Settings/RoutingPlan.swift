public import Routing

/// What can be replaced while the proxy runs, without a connection being dropped.
public struct RoutingPlan: Sendable {
    /// The workers; one that is not among them gets nothing more, and finishes what it has.
    public var workers: [WorkerSpecification]
    /// The packages of each function.
    public var registry: PackageRegistry
    /// Who chooses the worker.
    public var balancer: BalancerEntry
    /// What that one is set to.
    public var balancerSettings: BalancerSettings

    /// A plan as described.
    public init(
        workers: [WorkerSpecification], registry: PackageRegistry = PackageRegistry(), balancer: BalancerEntry,
        balancerSettings: BalancerSettings
    ) {
        self.workers = workers
        self.registry = registry
        self.balancer = balancer
        self.balancerSettings = balancerSettings
    }
}
