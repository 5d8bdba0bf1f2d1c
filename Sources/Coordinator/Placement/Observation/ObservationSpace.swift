import Cluster
public import Topology

/// The layout of observations, generated from a topology: the metrics of each node, the location of each function, the
/// functions on each node, the replicas, the latency target, the last latency. Four nodes, six metrics and four
/// functions make the 35 numbers of the Darly thesis, section 5.2.
public struct ObservationSpace: Sendable, Hashable {
    /// The largest value of an entry; the smallest is 0 (Darly thesis, section 5.2).
    public static let limit: Float = 20
    /// The latency, in seconds, that is observed as 20 where nothing else is asked for: clear of the thesis' targets,
    /// 35 and 26 s.
    public static let defaultLatencyFullScaleSeconds = 60.0

    /// What the observations are of.
    public let topology: SchedulingTopology
    /// The metrics of each node, in their order.
    public let metrics: [ObservedMetric]
    /// The latency and latency target, in seconds, that are observed as 20.
    public let latencyFullScaleSeconds: Double
    /// What each entry is, in the order of the values.
    public let names: [String]

    /// The layout for `topology`; `latencyFullScaleSeconds` must be positive.
    public init(
        _ topology: SchedulingTopology, metrics: [ObservedMetric] = ObservedMetric.thesis,
        latencyFullScaleSeconds: Double = ObservationSpace.defaultLatencyFullScaleSeconds
    ) {
        precondition(latencyFullScaleSeconds > 0, "the full scale of a latency is positive")
        self.topology = topology
        self.metrics = metrics
        self.latencyFullScaleSeconds = latencyFullScaleSeconds
        names =
            topology.nodes.flatMap { node in metrics.map { "\(node) \($0.metric.name)" } }
            + topology.functions.map { "location of \($0)" }
            + topology.nodes.map { "functions on \($0)" }
            + ["replicas", "latency target", "last latency"]
    }

    /// How many numbers an observation has.
    public var count: Int { names.count }

    /// The observation of `state`. What is not known enters as full pressure: each metric at its pressed end, the last
    /// latency at 20; a location and a replica count that are not known enter as 0, which no known one does.
    public func observe(_ state: PlacementState) -> Observation {
        var values: [Float] = []
        values.reserveCapacity(count)
        var absent: [Int] = []
        func append(_ value: Float, isAbsent: Bool = false) {
            if isAbsent { absent.append(values.count) }
            values.append(value)
        }
        for node in topology.nodes {
            let known = state.metrics[node]
            for metric in metrics {
                let entry = metric.entry(for: known?.value(metric.metric))
                append(entry.value, isAbsent: entry.isAbsent)
            }
        }
        let places = topology.functions.map { state.snapshot.assignment[$0].flatMap(topology.nodes.firstIndex(of:)) }
        for place in places {
            append(scaled(place.map { $0 + 1 } ?? 0, of: topology.nodes.count), isAbsent: place == nil)
        }
        for node in topology.nodes.indices {
            append(scaled(places.count { $0 == node }, of: topology.functions.count))
        }
        let replicas = state.snapshot.commonReplicas(in: topology)
        append(scaled(replicas ?? 0, of: topology.maximumReplicas), isAbsent: replicas == nil)
        append(Self.scaled(state.target.seconds, fullScale: latencyFullScaleSeconds))
        let latency = state.lastLatencySeconds
        append(
            latency.map { Self.scaled($0, fullScale: latencyFullScaleSeconds) } ?? Self.limit, isAbsent: latency == nil)
        return Observation(values: values, absent: absent)
    }

    static func scaled(_ value: Double, fullScale: Double) -> Float {
        Float(min(max(value / fullScale, 0), 1)) * limit
    }

    private func scaled(_ value: Int, of largest: Int) -> Float {
        Self.scaled(Double(value), fullScale: Double(largest))
    }
}
