import Telemetry
import Topology
import Wire

/// The verbs about containers and the leases on their limits.
extension CoordinatorResponder {
    /// The longest lease that can be asked for, in milliseconds; agents allow less.
    private static let longestLeaseMilliseconds: Int64 = 86_400_000
    /// The least digits of a container's id that stand for the whole.
    private static let leastDigits = 8

    func containers(_ arguments: inout QueryArguments) throws -> ContainersAnswer {
        let (state, now) = try hub().snapshot()
        var answer = ContainersAnswer(state, of: try node(&arguments, in: state), at: now)
        answer.nodes = try ListPage(&arguments).of(answer.nodes, name: \.node)
        return answer
    }

    func leases(_ arguments: inout QueryArguments) throws -> LeasesAnswer {
        let hub = try hub()
        let (ledger, now) = hub.leases.snapshot()
        return LeasesAnswer(ledger, of: try node(&arguments, in: hub.snapshot().state), at: now)
    }

    /// Reads an order to take or to renew a lease. Everything is read before anything is ordered.
    func takeLease(_ arguments: inout QueryArguments) throws -> (node: NodeName, order: LeaseOrder) {
        let state = try hub().snapshot().state
        let node = try self.node(try arguments.string("node"), in: state).node
        let container = try container(try arguments.string("container"), of: node, in: state)
        let cores = try arguments.decimal("cpuCores", above: 0, to: 4_096)
        let bytes = try arguments.integer("memoryBytes", in: 1...(1 << 60), default: nil)
        guard cores != nil || bytes != nil else {
            throw QueryArguments.BadArgument(sentence: "lease-take needs argument cpuCores or memoryBytes, or both")
        }
        let milliseconds = try arguments.integer("milliseconds", in: 1...Self.longestLeaseMilliseconds, default: nil)
        guard let milliseconds else {
            throw QueryArguments.BadArgument(sentence: "lease-take needs argument milliseconds")
        }
        let id = try lease(arguments.optionalString("lease")) ?? drawLease()
        try arguments.finish()
        return (
            node,
            .take(
                LeaseRequest(
                    id: id, containerID: container, cpuCores: cores, memoryBytes: bytes.map { UInt64($0) },
                    durationNanoseconds: UInt64(milliseconds) * 1_000_000))
        )
    }

    /// Reads an order to end a lease.
    func endLease(_ arguments: inout QueryArguments) throws -> (node: NodeName, order: LeaseOrder) {
        let id = try lease(try arguments.string("lease"))
        let (state, ledger) = (try hub().snapshot().state, try hub().leases.snapshot().ledger)
        let named = try node(&arguments, in: state)
        try arguments.finish()
        guard let id, let node = named ?? ledger.holder(of: id) else {
            throw NotThere(sentence: "no node is known to hold lease \(id?.description ?? "")")
        }
        return (node, .end(id))
    }

    /// Has the agent carry out an order; an order that it refuses, or does not answer, has failed.
    func carryOut(_ order: (node: NodeName, order: LeaseOrder)) async throws -> LeaseAnswer {
        let event: LeaseEvent
        switch await (try hub()).leases.carryOut(order.order, on: order.node) {
        case .told(let told): event = told
        case .notSent(let sentence): throw OrderFailed(description: "nothing is ordered: \(sentence)")
        case .unanswered:
            throw OrderFailed(
                description:
                    "\(order.node) has not answered in time: reeve leases shows what becomes of \(order.order.id)")
        }
        guard event.kind != .refused else {
            throw OrderFailed(description: "\(order.node) refuses: \(event.sentence ?? "it does not say why")")
        }
        return LeaseAnswer(node: order.node.rawValue, event: LeasesAnswer.Event(event, ageSeconds: 0))
    }

    /// An order that was not carried out.
    private struct OrderFailed: Error, CustomStringConvertible {
        let description: String
    }

    /// The node that the argument names, nil when there is no such argument.
    private func node(_ arguments: inout QueryArguments, in state: TelemetryState) throws -> NodeName? {
        try arguments.optionalString("node").map { name in try node(name, in: state).node }
    }

    private func lease(_ text: String?) throws(QueryArguments.BadArgument) -> LeaseID? {
        guard let text else { return nil }
        guard let id = LeaseID(text) else {
            throw QueryArguments.BadArgument(sentence: "lease is \"\(text)\": allowed is its 16 hexadecimal digits")
        }
        return id
    }

    /// The whole id of the container that `text` begins, among those that the node last reported.
    private func container(_ text: String, of node: NodeName, in state: TelemetryState) throws -> String {
        guard text.utf8.count >= Self.leastDigits else {
            throw QueryArguments.BadArgument(
                sentence:
                    "container is \"\(text)\": allowed is an id, or at least \(Self.leastDigits) digits that begin it")
        }
        let found = (state.containers[node]?.containers ?? []).filter { $0.containerID.hasPrefix(text) }
        guard let first = found.first else { throw NotThere(sentence: "\(node) has reported no container \(text)") }
        guard found.count == 1 else {
            throw QueryArguments.BadArgument(
                sentence: "\(found.count) containers of \(node) begin with \(text): give more digits")
        }
        return first.containerID
    }
}
