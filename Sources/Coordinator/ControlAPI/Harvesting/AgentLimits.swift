public import Cluster
public import Telemetry
public import Topology

/// Limits changed by the nodes' agents, which give them back by themselves.
public struct AgentLimits: LimitCarrier {
    private let hub: TelemetryHub

    /// The agents that speak to `hub`.
    public init(hub: TelemetryHub) {
        self.hub = hub
    }

    public var name: String { "leases" }

    public func state(of node: NodeName, after count: UInt64) async -> LimitState {
        guard let known = hub.leases.snapshot().ledger[node], known.heardAt != nil else {
            return LimitState(obstacle: "\(node) has not told of its leases yet", held: nil, events: [], count: count)
        }
        return LimitState(
            obstacle: known.isEnabled == true ? nil : "leases are not enabled on \(node)", held: known.held,
            events: known.events(after: count).filter(\.isAgents).map(\.event), count: known.taken)
    }

    public func carryOut(
        _ order: LeaseOrder, of container: LimitedContainer, on node: NodeName, patienceNanoseconds: UInt64
    ) async -> LeaseOutcome {
        await hub.leases.carryOut(order, on: node, patienceNanoseconds: patienceNanoseconds)
    }
}
