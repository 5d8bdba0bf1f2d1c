import Measures
import Telemetry
import Topology

/// What `reeve leases` shows: the leases in force on nodes, and what became of leases lately.
public struct LeasesAnswer: Codable, Sendable {
    /// A lease in force.
    public struct Lease: Codable, Sendable {
        /// The lease's number, 16 hexadecimal digits.
        public var lease: String
        /// The container's id.
        public var containerID: String
        /// The CPU limit in cores, if the lease has one.
        public var cpuCores: Double?
        /// The memory limit in bytes, if the lease has one.
        public var memoryBytes: UInt64?
        /// How long it still lasts; 0 while its limits are being given back.
        public var remainingSeconds: Double
    }

    /// Something that happened to a lease.
    public struct Event: Codable, Sendable {
        /// Seconds since it happened.
        public var ageSeconds: Double
        /// The lease's number, 16 hexadecimal digits.
        public var lease: String
        /// The container's id; absent when no lease of that number was known.
        public var containerID: String?
        /// "granted", "renewed", "refused", "ended" or "delayed".
        public var kind: String
        /// Why it ended.
        public var reason: String?
        /// Details.
        public var sentence: String?

        init(_ event: LeaseEvent, ageSeconds: Double) {
            self.ageSeconds = ageSeconds
            lease = event.id.description
            containerID = event.containerID
            kind = event.kind.description
            reason = event.reason?.description
            sentence = event.sentence
        }
    }

    /// One node.
    public struct Node: Codable, Sendable {
        /// The node's name.
        public var node: String
        /// Whether its agent may change limits at all; absent before it has told.
        public var isEnabled: Bool?
        /// Seconds since it last told of its leases; absent before it has.
        public var ageSeconds: Double?
        /// Those in force when it last told.
        public var leases: [Lease]
        /// What happened lately, oldest first.
        public var events: [Event]
    }

    /// The nodes by name.
    public var nodes: [Node]

    /// The answer about `node`, or about all nodes.
    init(_ ledger: LeaseLedger, of node: NodeName?, at now: MonotonicInstant) {
        nodes = ledger.nodes.filter { node == nil || $0 == node }.compactMap { name in
            guard let entry = ledger[name] else { return nil }
            return Node(
                node: name.rawValue, isEnabled: entry.isEnabled,
                ageSeconds: entry.heardAt.map { now.seconds(since: $0) },
                leases: entry.held.map { lease in
                    let since = entry.heardAt.map { now.nanoseconds(since: $0) } ?? 0
                    let left = lease.remainingNanoseconds > since ? lease.remainingNanoseconds - since : 0
                    return Lease(
                        lease: lease.id.description, containerID: lease.containerID, cpuCores: lease.cpuCores,
                        memoryBytes: lease.memoryBytes, remainingSeconds: Double(left) * 1e-9)
                },
                events: entry.events.map { Event($0.event, ageSeconds: now.seconds(since: $0.happenedAt)) })
        }
    }
}

/// What an order about a lease is answered with.
public struct LeaseAnswer: Codable, Sendable {
    /// The node.
    public var node: String
    /// What the node's agent says of the order.
    public var event: LeasesAnswer.Event
}
