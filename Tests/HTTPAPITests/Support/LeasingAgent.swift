import Synchronization
import Telemetry
import Topology
import Wire

/// What stands for the agents of a world in which nothing runs: it answers each order about a lease at once, as an agent
/// does that may change limits. Without it orders would wait for an answer, and for a telemetry service that gives them up.
final class LeasingAgent: Sendable {
    /// Leases that an agent holds at most.
    private static let mostLeases = 64

    private struct Node {
        var held: [HeldLease] = []
        var events: UInt64 = 0
    }

    private let nodes = Mutex<[NodeName: Node]>([:])

    /// Has `agent` answer the orders of `hub` from now on.
    static func answer(for hub: TelemetryHub) {
        let agent = LeasingAgent()
        hub.leases.onOrder { [weak hub] in
            guard let hub else { return }
            for order in hub.leases.takeOrders() {
                // What a report cannot hold is a fault of this stand-in, and shows as an order without an answer.
                guard let report = try? agent.report(on: order) else { continue }
                hub.receive(report, from: order.node.rawValue)
            }
        }
    }

    private func report(on order: LeaseLedger.Order) throws -> LeaseReport {
        try nodes.withLock { nodes in
            var node = nodes[order.node] ?? Node()
            defer { nodes[order.node] = node }
            let event = Self.carryOut(order.order, on: &node)
            node.events += 1
            return try LeaseReport(
                node: order.node, incarnation: 1, isEnabled: true, held: node.held,
                events: [.init(number: node.events, ageNanoseconds: 0, event: event)])
        }
    }

    private static func carryOut(_ order: LeaseOrder, on node: inout Node) -> LeaseEvent {
        switch order {
        case .take(let request):
            let lease = HeldLease(
                id: request.id, containerID: request.containerID, cpuCores: request.cpuCores,
                memoryBytes: request.memoryBytes, remainingNanoseconds: request.durationNanoseconds)
            if let place = node.held.firstIndex(where: { $0.id == request.id }) {
                node.held[place] = lease
                return LeaseEvent(id: request.id, containerID: request.containerID, kind: .renewed)
            }
            guard node.held.count < mostLeases else {
                return LeaseEvent(
                    id: request.id, containerID: request.containerID, kind: .refused, sentence: "too many leases")
            }
            node.held.append(lease)
            return LeaseEvent(id: request.id, containerID: request.containerID, kind: .granted)
        case .end(let id):
            guard let place = node.held.firstIndex(where: { $0.id == id }) else {
                return LeaseEvent(id: id, containerID: nil, kind: .refused, sentence: "there is no such lease")
            }
            let lease = node.held.remove(at: place)
            return LeaseEvent(id: id, containerID: lease.containerID, kind: .ended, reason: .returned)
        }
    }
}
