import Measures
public import Routing
public import ServiceLifecycle
public import Telemetry
public import Topology

/// Tells the router what telemetry knows of the nodes under its workers, until shutdown.
///
/// A node that has gone silent, or whose window is not full yet, is told as unknown and not as idle.
public struct NodeHardwareFeed: Service {
    private let hub: TelemetryHub
    private let nodes: @Sendable () -> Set<NodeName>
    private let observe: @Sendable (NodeHardware?, NodeName) -> Void
    private let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void

    /// The time between two looks, in nanoseconds: as often as agents sample by themselves, and no finer than the
    /// balancer's own measurements.
    private static let period: UInt64 = 500_000_000

    /// A feed from `hub` about `nodes`, which is asked before each look, to `observe`.
    public init(
        hub: TelemetryHub, nodes: @escaping @Sendable () -> Set<NodeName>,
        observe: @escaping @Sendable (NodeHardware?, NodeName) -> Void,
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        self.hub = hub
        self.nodes = nodes
        self.observe = observe
        self.pause = pause
    }

    /// Runs until graceful shutdown or cancellation.
    public func run() async {
        // A pause that is cut short is the end.
        try? await cancelWhenGracefulShutdown {
            var told: Set<NodeName> = []
            while true {
                told = look(after: told)
                try await pause(Self.period)
            }
        }
    }

    /// Tells of every node under a worker, and once of each that no worker is on any more; returns the former.
    private func look(after told: Set<NodeName>) -> Set<NodeName> {
        let nodes = nodes()
        for node in told.subtracting(nodes) { observe(nil, node) }
        guard !nodes.isEmpty else { return nodes }
        let (state, now) = hub.snapshot()
        for node in nodes { observe(Self.hardware(of: node, in: state, at: now), node) }
        return nodes
    }

    /// What `state` knows of `node` over its newest window; nil when that is nothing fresh.
    static func hardware(of node: NodeName, in state: TelemetryState, at now: MonotonicInstant) -> NodeHardware? {
        guard let telemetry = state[node], let latest = telemetry.latestTakenAt else { return nil }
        let columns = telemetry.columns.columns
        let busyness = columns.first { $0.metric == .c0Residency && $0.scope == .system }
        // Samples seldom begin where a window does: two of them more, and it is full.
        let milliseconds = max(telemetry.intervalMilliseconds, busyness?.periodMilliseconds ?? 0)
        let start = latest.reversed(
            byNanoseconds: state.settings.windowNanoseconds + 2 * UInt64(milliseconds) * 1_000_000)
        guard let window = state.window(of: node, from: start, at: now), window.isKnown else { return nil }
        let cores = Set(
            columns.compactMap { column in
                if case .core(let number) = column.scope { number } else { nil }
            })
        return NodeHardware(logicalCPUs: cores.isEmpty ? nil : cores.count, metrics: window)
    }
}
