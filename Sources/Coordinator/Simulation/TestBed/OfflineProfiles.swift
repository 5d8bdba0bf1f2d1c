public import Topology

/// Interference as offline profiling steps through it: one resource at a time, in quarters.
public struct InterferenceLevel: Hashable, Sendable, Codable {
    /// The pressed resource.
    public enum Resource: String, Hashable, Sendable, Codable, CaseIterable {
        /// The node's cores.
        case cpu
        /// Its last-level cache.
        case l3
        /// Its memory bandwidth.
        case memoryBandwidth
    }

    /// The pressed resource; of no consequence at 0 %.
    public let resource: Resource
    /// How hard, in percent: 0, 25, 50 or 75.
    public let percent: Int

    /// No interference.
    public static let none = InterferenceLevel(resource: .cpu, percent: 0)

    /// Every level that profiling measures: none, and three of each resource.
    public static let all: [InterferenceLevel] =
        [.none]
        + Resource.allCases.flatMap { resource in
            [25, 50, 75].map { InterferenceLevel(resource: resource, percent: $0) }
        }

    /// The pressure that makes this level.
    public var pressure: Pressure {
        let share = Double(percent) / 100
        return switch resource {
        case .cpu: Pressure(cpu: share)
        case .l3: Pressure(l3: share)
        case .memoryBandwidth: Pressure(memoryBandwidth: share)
        }
    }
}

/// What the Oracle scheduler knows beforehand (Darly thesis, section 5.2.4): how long each function takes on each node at
/// each interference level, and how the node's counters look then, so that the level can be told from them.
///
/// Both come from running every case, once, without anything else on the node. The tables say nothing of what presses
/// on a node at the moment: that has to be read from its metrics.
public struct OfflineProfiles: Sendable {
    private struct Case: Hashable {
        let function: FunctionName
        let node: NodeName
        let level: InterferenceLevel
    }

    private struct Hosting: Hashable {
        let node: NodeName
        let functions: Set<FunctionName>
    }

    private let seconds: [Case: Double]
    private let signatures: [Hosting: [(level: InterferenceLevel, logarithms: [Double])]]

    /// Profiles every scheduled function on every node at every level, with `queueWorkers` calls in flight.
    public static func measure(
        _ parameters: TestBedParameters = .darly, queueWorkers: Int = VideoWorkflow.maximumReplicas,
        frames: Int = VideoWorkflow.scheduledFrames
    ) -> OfflineProfiles {
        let model = LatencyModel(parameters)
        var seconds: [Case: Double] = [:]
        var signatures: [Hosting: [(level: InterferenceLevel, logarithms: [Double])]] = [:]
        for (index, node) in parameters.nodes.enumerated() {
            for level in InterferenceLevel.all {
                for function in VideoWorkflow.functions {
                    seconds[Case(function: function, node: node.name, level: level)] = model.profiledSeconds(
                        of: function, on: index, under: level.pressure, queueWorkers: queueWorkers, frames: frames)
                }
            }
            for functions in subsets(of: VideoWorkflow.functions) {
                signatures[Hosting(node: node.name, functions: functions)] = InterferenceLevel.all.map { level in
                    let activity = ActivityModel(model: model).activity(
                        hosting: functions, on: index, under: level.pressure, queueWorkers: queueWorkers, frames: frames)
                    return (level, activity.signature)
                }
            }
        }
        return OfflineProfiles(seconds: seconds, signatures: signatures)
    }

    /// Seconds of `function` in one request on `node` at `level`: its own execution over all frames, without the calls'
    /// overhead. Nil for a function or node that was not profiled.
    public func profile(_ function: FunctionName, on node: NodeName, at level: InterferenceLevel) -> Double? {
        seconds[Case(function: function, node: node, level: level)]
    }

    /// The profiled level whose counters come closest to `metrics`, read on `node` while it hosts `functions`. Nil when the
    /// node was not profiled or one of the six metrics is absent.
    public func level(
        showing metrics: NodeMetrics, on node: NodeName, hosting functions: Set<FunctionName>
    ) -> InterferenceLevel? {
        let hosted = functions.intersection(VideoWorkflow.functions)
        guard let known = signatures[Hosting(node: node, functions: hosted)] else { return nil }
        var seen: [Double] = []
        for metric in Metric.schedulingState {
            guard let value = metrics.value(metric) else { return nil }
            seen.append(NodeActivity.signaturePart(value))
        }
        func distance(_ other: [Double]) -> Double {
            zip(seen, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        return known.min { distance($0.logarithms) < distance($1.logarithms) }?.level
    }

    private static func subsets(of functions: [FunctionName]) -> [Set<FunctionName>] {
        (0..<(1 << functions.count)).map { bits in
            Set(functions.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element))
        }
    }
}
