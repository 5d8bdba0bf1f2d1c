public import Cluster
public import Telemetry
public import Topology

/// The nodes' metrics as agents send them, as the scheduling loop reads them.
public struct LiveMetrics: MetricsReader {
    private let hub: TelemetryHub

    /// Reads from `hub`.
    public init(hub: TelemetryHub) { self.hub = hub }

    /// See `TelemetryHub.freshWindow`.
    public func freshWindow(of nodes: [NodeName]) async -> [NodeName: NodeMetrics] {
        await hub.freshWindow(of: nodes)
    }
}
