import Measures
public import Routing
import Topology

/// The thesis' experiment as a model: workers that install each package once, on cores that are shared, behind a real
/// router.
public struct RouterModel: Sendable {
    /// Whose cores the workers run on.
    public let variant: RouterVariant
    /// The functions' packages.
    public let registry: PackageRegistry
    /// CPU time of installing each package, in milliseconds, by package number.
    public let installMilliseconds: [Double]
    /// CPU time of a warm request, in milliseconds: 110 is the thesis' median of warm requests.
    public let executionMilliseconds: Double
    /// Whether workers that share a machine have addresses that do not show it.
    public let machinesHidden: Bool

    /// Each function's packages in the order in which a worker installs them: that of their names.
    let order: [FunctionName: [Int]]

    /// A model as described; there must be a cost for each of the registry's packages.
    public init(
        variant: RouterVariant, registry: PackageRegistry, installMilliseconds: [Double],
        executionMilliseconds: Double = 110, machinesHidden: Bool = false
    ) {
        precondition(installMilliseconds.count >= registry.names.count, "each package has a cost")
        self.variant = variant
        self.registry = registry
        self.installMilliseconds = installMilliseconds
        self.executionMilliseconds = executionMilliseconds
        self.machinesHidden = machinesHidden
        var order: [FunctionName: [Int]] = [:]
        for function in registry.functions {
            order[function] = (registry.packages(of: function) ?? []).map(\.rawValue)
                .sorted { registry.names[$0] < registry.names[$1] }
        }
        self.order = order
    }

    /// The workers as the operator would list them.
    public func fleet() throws(RoutingError) -> Fleet {
        var fleet = Fleet()
        for index in 0..<RouterVariant.workers {
            let address = try WorkerAddress(variant.address(of: index, hidden: machinesHidden))
            fleet.add(try WorkerSpecification(address: address))
        }
        return fleet
    }
}
