public import Topology

/// Reads the nodes' hardware state: implemented by the telemetry that agents send and by the in-process test bed.
public protocol MetricsReader: Sendable {
    /// What is known of each of `nodes` over a window that began after this call: nothing measured before it enters.
    /// A node without a fresh window is `unknown`; the call never waits for it longer than the reader's own bound.
    func freshWindow(of nodes: [NodeName]) async throws -> [NodeName: NodeMetrics]
}
