public import Messaging
public import Topology

/// One node that an uplink speaks for. On a hypervisor an agent speaks for several: each has a key, and so a connection,
/// of its own, for the coordinator takes from a connection only what concerns the node that its key belongs to.
public struct UplinkNode: Sendable {
    /// The node's name.
    public let name: NodeName
    /// The DEALER that carries the node's telemetry.
    public let role: SocketRole

    /// Node `name`, whose telemetry goes through `role`.
    public init(name: NodeName, role: SocketRole) {
        self.name = name
        self.role = role
    }
}
