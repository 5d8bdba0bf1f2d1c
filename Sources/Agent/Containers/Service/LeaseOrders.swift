import Synchronization
public import Topology

/// Orders about leases on their way to the watch on containers, from whatever thread.
public final class LeaseOrders: Sendable {
    /// Orders that may wait; more than come in any one of the watch's turns.
    private static let waitingOrders = 256
    private let waiting = Mutex<[LeaseOrder]>([])

    /// No orders yet.
    public init() {}

    /// Adds an order; false when too many wait already, and it is dropped.
    public func add(_ order: LeaseOrder) -> Bool {
        waiting.withLock { waiting in
            guard waiting.count < Self.waitingOrders else { return false }
            waiting.append(order)
            return true
        }
    }

    /// The orders that wait, each once.
    func takeAll() -> [LeaseOrder] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
