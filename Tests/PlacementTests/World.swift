import Cluster
import Learning
import Measures
import Placement
import Topology

/// A small world that tests place functions in: the thesis' workflow on four nodes.
enum World {
    static let nodes = ["w01", "w02", "w03", "w04"].map { NodeName($0) }

    static func topology(nodes: [NodeName] = nodes) throws -> SchedulingTopology {
        try .videoAnalytics(nodes: nodes)
    }

    static func snapshot(
        nodes: [NodeName] = nodes, framer: String? = "w01", detector: String? = "w01", models: String? = "w01",
        replicas: Int? = 8
    ) -> ClusterSnapshot {
        let places = [
            ("framer", framer), ("facedetector", detector), ("faceanalyzer", models), ("mobilenet", models),
        ]
        return ClusterSnapshot(
            nodes: nodes.map { NodeDescription(name: $0, virtualCPUs: 8, memoryBytes: 16 << 30) },
            assignment: Dictionary(
                uniqueKeysWithValues: places.compactMap { function, node in
                    node.map { (FunctionName(function), NodeName($0)) }
                }),
            replicas: Dictionary(
                uniqueKeysWithValues: places.compactMap { function, _ in
                    replicas.map { (FunctionName(function), $0) }
                }))
    }

    /// Metrics of a node whose C0 residency is `c0`.
    static func metrics(c0: Double?) -> NodeMetrics {
        let values: [(Metric, Double?)] = [
            (.instructionsPerCycle, 1), (.memoryReadBytesPerSecond, 10e9), (.memoryWriteBytesPerSecond, 10e9),
            (.l3MissesPerSecond, 100e6), (.c0Residency, c0), (.c1Residency, c0.map { 1 - $0 }),
        ]
        return .known(
            Dictionary(
                uniqueKeysWithValues: values.map { metric, value in
                    (metric, Reading(value: value, quality: .measured, source: "test", ageSeconds: 0))
                }))
    }

    static func state(
        _ snapshot: ClusterSnapshot = snapshot(), c0: [Double?] = [0.5, 0.4, 0.3, 0.2], unknown: Set<NodeName> = [],
        targetSeconds: Double = 35, lastLatencySeconds: Double? = 30
    ) throws -> PlacementState {
        var metrics: [NodeName: NodeMetrics] = [:]
        for (node, residency) in zip(nodes, c0) {
            metrics[node] = unknown.contains(node) ? .unknown(reason: "not heard of") : World.metrics(c0: residency)
        }
        return PlacementState(
            snapshot: snapshot, metrics: metrics, target: try LatencyTarget(seconds: targetSeconds),
            lastLatencySeconds: lastLatencySeconds)
    }
}

extension SchedulingLoop {
    /// For loops without a guard, to which the time is all one.
    mutating func handle(_ event: Event) throws(UnexpectedEvent) -> Effect {
        try handle(event, at: MonotonicInstant(nanoseconds: 0))
    }
}
