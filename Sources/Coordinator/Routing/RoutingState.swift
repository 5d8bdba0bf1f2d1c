public import Topology

/// What a balancer may look at.
public struct RoutingState: Sendable {
    /// The workers and what is with them.
    public internal(set) var fleet: Fleet
    /// Which packages each function needs.
    public internal(set) var registry: PackageRegistry
    /// Which worker has which packages.
    public internal(set) var presence = PackagePresence()
    /// The hardware under the workers, as far as telemetry knows it.
    public internal(set) var hardware: [NodeName: NodeHardware] = [:]

    /// Workers of `fleet`, functions of `registry`, and nothing known of packages and hardware.
    public init(fleet: Fleet, registry: PackageRegistry) {
        self.fleet = fleet
        self.registry = registry
    }
}
