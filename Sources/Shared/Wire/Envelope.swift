public import Topology

/// Whatever an agent sends to the coordinator: the stream, each message of which is answered, and the reports beside
/// it, which are not.
public enum AgentEnvelope: Hashable, Sendable {
    /// A message of the acknowledged stream.
    case stream(AgentMessage)
    /// The use of the node's containers.
    case containers(ContainerReport)
    /// The leases on the node's containers.
    case leases(LeaseReport)
}

/// Whatever the coordinator sends to an agent: what belongs to the stream, and orders beside it.
public enum CoordinatorEnvelope: Hashable, Sendable {
    /// A message of the acknowledged stream.
    case stream(CoordinatorMessage)
    /// An order about a lease.
    case lease(LeaseOrder)
}
