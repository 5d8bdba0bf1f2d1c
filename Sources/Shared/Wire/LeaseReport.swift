public import Topology

/// The leases in force on a node, and what became of leases lately. Not acknowledged: the newest one counts, and it
/// repeats the newest events, so that a lost one is made up for by the next.
public struct LeaseReport: Hashable, Sendable {
    /// An event with its place among the incarnation's.
    public struct Event: Hashable, Sendable {
        /// Counts the incarnation's events from 1.
        public var number: UInt64
        /// Nanoseconds between the event and the sending of this message.
        public var ageNanoseconds: UInt64
        /// What happened.
        public var event: LeaseEvent

        /// An event as described.
        public init(number: UInt64, ageNanoseconds: UInt64, event: LeaseEvent) {
            self.number = number
            self.ageNanoseconds = ageNanoseconds
            self.event = event
        }
    }

    /// The node.
    public var node: NodeName
    /// The agent's incarnation, as in its hello.
    public var incarnation: UInt64
    /// Whether the agent may change limits at all.
    public var isEnabled: Bool
    /// The leases in force, and those that are being given back.
    public var held: [HeldLease]
    /// The newest events, oldest first.
    public var events: [Event]

    /// A report as described. Throws `WireError` when it has more leases or events than a report may have.
    public init(
        node: NodeName, incarnation: UInt64, isEnabled: Bool, held: [HeldLease], events: [Event]
    ) throws(WireError) {
        guard held.count <= WireLimits.leasesPerReport, events.count <= WireLimits.leasesPerReport else {
            throw WireError(
                .inconsistent,
                "a lease report of \(node) has \(held.count) leases and \(events.count) events: allowed are"
                    + " \(WireLimits.leasesPerReport) of each")
        }
        self.node = node
        self.incarnation = incarnation
        self.isEnabled = isEnabled
        self.held = held
        self.events = events
    }
}
