import Measures
import Telemetry
import Topology

/// What became of what the agents sent.
enum TelemetryFamilies {
    private typealias Sample = MetricFamily.Sample<Double>

    static func families(of state: TelemetryState, at now: MonotonicInstant) -> [MetricFamily] {
        let nodes = state.knownNodes
        func gauges(_ value: (NodeTelemetry) -> Double?) -> [Sample] {
            nodes.compactMap { node in value(node).map { Sample(labels: [("node", node.node.rawValue)], value: $0) } }
        }
        func counts(_ count: KeyPath<NodeTelemetry.Counts, UInt64>) -> [Sample] {
            gauges { Double($0.counts[keyPath: count]) }
        }
        return [
            .gauge(
                "reeve_node_known", "Whether the node has been heard lately; 0 is unknown, never idle.",
                by: gauges { $0.present(at: now, settings: state.settings).isKnown ? 1 : 0 }),
            .gauge(
                "reeve_node_sample_age_seconds", "Since the node's newest sample was taken.",
                by: gauges { node in node.latestTakenAt.map { now.seconds(since: $0) } }),
            .gauge(
                "reeve_node_interval_seconds", "How often the node's agent samples, as it has announced.",
                by: gauges { Double($0.intervalMilliseconds) / 1_000 }),
            .counter("reeve_node_samples_total", "Samples taken in.", by: counts(\.acceptedSamples)),
            .counter("reeve_node_batches_total", "Batches of samples taken in.", by: counts(\.acceptedBatches)),
            .counter(
                "reeve_node_duplicate_batches_total", "Batches that had been taken in before.",
                by: counts(\.duplicateBatches)),
            .counter(
                "reeve_node_early_batches_total", "Batches that came before one that was still on its way.",
                by: counts(\.earlyBatches)),
            .counter(
                "reeve_node_lost_batches_total", "Batches that will never come, because the agent had to drop them.",
                by: counts(\.lostBatches)),
            .counter("reeve_node_agent_restarts_total", "Times that the agent began anew.", by: counts(\.restarts)),
            refusals(state.counts),
            .counter(
                "reeve_telemetry_refused_connections_total", "Connections whose key is not allowed.",
                Double(state.counts.refusedConnections)),
            .gauge(
                "reeve_node_containers", "Containers of the node in its agent's newest report.",
                by: state.containers.nodes.compactMap { name in
                    state.containers[name].map {
                        Sample(labels: [("node", name.rawValue)], value: Double($0.containers.count))
                    }
                }),
        ]
    }

    private static func refusals(_ counts: TelemetryState.Counts) -> MetricFamily {
        let reasons: [(String, UInt64)] = [
            ("malformed", counts.malformed), ("revoked", counts.revokedMessages), ("unannounced", counts.unannounced),
            ("wrong_node", counts.wrongNode), ("wrong_version", counts.wrongVersion),
        ]
        return .counter(
            "reeve_telemetry_refused_messages_total", "Messages of agents that were not taken in, by reason.",
            by: reasons.map { Sample(labels: [("reason", $0.0)], value: Double($0.1)) })
    }
}
