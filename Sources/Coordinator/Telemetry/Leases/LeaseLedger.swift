public import Measures
public import Topology
import Wire

/// What the coordinator knows of leases: those in force on each node, what became of leases lately, and the orders that
/// are to be sent. A pure value.
public struct LeaseLedger: Sendable {
    /// Something that happened to a lease.
    public struct Event: Hashable, Sendable {
        /// When, on the coordinator's time line.
        public let happenedAt: MonotonicInstant
        /// What.
        public let event: LeaseEvent
        /// Whether the node's agent has said so; false of an order that never left the coordinator.
        public let isAgents: Bool
    }

    /// What is known of one node's leases.
    public struct Node: Hashable, Sendable {
        /// Whether the node's agent may change limits at all; nil before it has told.
        public fileprivate(set) var isEnabled: Bool?
        /// When the newest report arrived, on the coordinator's time line; nil before the first.
        public fileprivate(set) var heardAt: MonotonicInstant?
        /// The leases in force at that instant.
        public fileprivate(set) var held: [HeldLease] = []
        /// The newest events, oldest first.
        public fileprivate(set) var events: [Event] = []
        /// Events taken so far, those that are no longer kept included.
        public fileprivate(set) var taken: UInt64 = 0
        fileprivate var incarnation: UInt64?
        fileprivate var lastNumber: UInt64 = 0

        /// The events after the first `count`, as far as they are kept.
        public func events(after count: UInt64) -> ArraySlice<Event> {
            events.suffix(taken > count ? Int(clamping: taken - count) : 0)
        }

        fileprivate mutating func append(_ event: LeaseEvent, at instant: MonotonicInstant, isAgents: Bool) {
            events.append(Event(happenedAt: instant, event: event, isAgents: isAgents))
            taken += 1
            if events.count > LeaseLedger.keptEvents { events.removeFirst() }
        }
    }

    /// An order with the node that it is for.
    public struct Order: Hashable, Sendable {
        /// The node.
        public let node: NodeName
        /// What its agent is to do.
        public let order: LeaseOrder
    }

    /// Events kept for each node.
    static let keptEvents = 64
    /// Orders that may wait to be sent.
    static let waitingOrders = 256

    private var byNode: [NodeName: Node] = [:]
    private var orders: [Order] = []

    /// The nodes of which something is known, by name.
    public var nodes: [NodeName] { byNode.keys.sorted() }

    /// What is known of `node`.
    public subscript(node: NodeName) -> Node? { byNode[node] }

    /// The node on which `lease` is in force, as far as is known.
    public func holder(of lease: LeaseID) -> NodeName? {
        nodes.first { byNode[$0]?.held.contains { $0.id == lease } ?? false }
    }

    /// The place after the newest event of `node`: from there on `answer` looks for what becomes of an order.
    func mark(of node: NodeName) -> UInt64 { byNode[node]?.taken ?? 0 }

    /// Takes an order to be sent; false when too many wait already.
    mutating func add(_ order: Order) -> Bool {
        guard orders.count < Self.waitingOrders else { return false }
        orders.append(order)
        return true
    }

    /// The orders that wait to be sent, each once.
    mutating func takeOrders() -> [Order] {
        defer { orders = [] }
        return orders
    }

    /// Notes that an order could not be sent, for the reason in `sentence`.
    mutating func fail(_ order: Order, _ sentence: String, at now: MonotonicInstant) {
        var containerID: String?
        if case .take(let request) = order.order { containerID = request.containerID }
        byNode[order.node, default: Node()].append(
            LeaseEvent(id: order.order.id, containerID: containerID, kind: .refused, sentence: sentence), at: now,
            isAgents: false)
    }

    /// Takes a report. Reports repeat events; each counts once.
    mutating func receive(_ report: LeaseReport, at now: MonotonicInstant) {
        var node = byNode[report.node] ?? Node()
        if node.incarnation != report.incarnation {
            node.incarnation = report.incarnation
            node.lastNumber = 0
        }
        node.isEnabled = report.isEnabled
        node.heardAt = now
        node.held = report.held
        for event in report.events where event.number > node.lastNumber {
            node.lastNumber = event.number
            node.append(event.event, at: now.reversed(byNanoseconds: event.ageNanoseconds), isAgents: true)
        }
        byNode[report.node] = node
    }

    /// What became of an order after `mark`: the first event that answers it, nil while there is none.
    func answer(to order: Order, after mark: UInt64) -> LeaseOutcome? {
        guard let entry = byNode[order.node]?.events(after: mark).first(where: { order.order.isAnswered(by: $0.event) })
        else { return nil }
        return entry.isAgents ? .told(entry.event) : .notSent(entry.event.sentence ?? "it could not be sent")
    }
}
