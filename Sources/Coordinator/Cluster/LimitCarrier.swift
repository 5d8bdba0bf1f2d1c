public import Topology

/// Who changes containers' limits for a time: the nodes' agents, by leases, or the cluster, by resizing pods in place.
///
/// Whichever it is, a change ends by itself when its time is over, unless it is renewed, and a change whose end nobody has
/// told may still be in force.
public protocol LimitCarrier: Sendable {
    /// What it is called, such as "leases".
    var name: String { get }

    /// What is known of `node`, with what has happened there after the first `count` events.
    func state(of node: NodeName, after count: UInt64) async -> LimitState

    /// Carries out `order`, which is about `container` on `node`, and waits for what becomes of it, not much longer than
    /// `patienceNanoseconds` where that is up to the carrier.
    func carryOut(
        _ order: LeaseOrder, of container: LimitedContainer, on node: NodeName, patienceNanoseconds: UInt64
    ) async -> LeaseOutcome
}

/// A container whose limits are changed.
public struct LimitedContainer: Hashable, Sendable {
    /// Its id, 64 hexadecimal digits.
    public let containerID: String
    /// Its pod's namespace and name.
    public let namespace, pod: String

    /// A container as described.
    public init(containerID: String, namespace: String, pod: String) {
        self.containerID = containerID
        self.namespace = namespace
        self.pod = pod
    }
}

/// What a carrier knows of one node.
public struct LimitState: Hashable, Sendable {
    /// Why no limit can be changed there; nil where they can be.
    public var obstacle: String?
    /// The changes in force, and those that are being taken back; nil where that is not known.
    public var held: [HeldLease]?
    /// What has happened since the reader's last question, oldest first, as far as it is kept.
    public var events: [LeaseEvent]
    /// How many events there have been; what to ask with the next time.
    public var count: UInt64

    /// A state as described.
    public init(obstacle: String?, held: [HeldLease]?, events: [LeaseEvent], count: UInt64) {
        self.obstacle = obstacle
        self.held = held
        self.events = events
        self.count = count
    }
}
