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

/// What the Oracle scheduler knows beforehand (Darly thesis, section 5.2.4): how long each function takes on each node
/// at each interference level, and how the node's counters look then, so that the level can be told from them.
///
/// Both come from running every case, once, without anything else on the node. The tables say nothing of what presses
/// on a node at the moment: that has to be read from its metrics.
public struct OfflineProfiles: Sendable {
    private struct Profile {
        /// Seconds by function and level.
        var seconds: [[Double]] = []
        /// Counters' signature by set of hosted functions and level.
        var signatures: [[[Double]]] = []
    }

    private let profiles: [NodeName: Profile]

    /// Profiles every scheduled function on every node at every level, with `queueWorkers` calls in flight.
    public static func measure(
        _ parameters: TestBedParameters = .darly, queueWorkers: Int = VideoWorkflow.maximumReplicas,
        frames: Int = VideoWorkflow.scheduledFrames
    ) -> OfflineProfiles {
        let model = LatencyModel(parameters)
        let counters = ActivityModel(model: model)
        var profiles: [NodeName: Profile] = [:]
        for (index, node) in parameters.nodes.enumerated() {
            var profile = Profile()
            profile.seconds = ScheduledFunction.allCases.map { function in
                InterferenceLevel.all.map { level in
                    model.profiledSeconds(
                        of: function, on: index, under: level.pressure, queueWorkers: queueWorkers, frames: frames)
                }
            }
            let hostings = 0..<(1 << ScheduledFunction.allCases.count)
            profile.signatures = hostings.map { hosting in
                let placement = model.placement(hosting: hosting, on: index)
                return InterferenceLevel.all.map { level in
                    var pressure = [Pressure](repeating: .none, count: parameters.nodes.count)
                    pressure[index] = level.pressure
                    return counters.activity(
                        placement: placement, queueWorkers: queueWorkers, pressure: pressure, frames: frames
                    )[index].signature
                }
            }
            profiles[node.name] = profile
        }
        return OfflineProfiles(profiles: profiles)
    }

    /// Seconds of `function` in one request on `node` at `level`: its own execution over all frames, without the calls'
    /// overhead. Nil for a function, node or level that was not profiled.
    public func profile(_ function: FunctionName, on node: NodeName, at level: InterferenceLevel) -> Double? {
        guard let scheduled = ScheduledFunction(function), let index = InterferenceLevel.all.firstIndex(of: level)
        else {
            return nil
        }
        return profiles[node]?.seconds[scheduled.rawValue][index]
    }

    /// The profiled level whose counters come closest to `metrics`, read on `node` while it hosts `functions`. Nil when
    /// the node was not profiled or one of the six metrics is absent.
    public func level(
        showing metrics: NodeMetrics, on node: NodeName, hosting functions: some Sequence<FunctionName>
    ) -> InterferenceLevel? {
        guard let profile = profiles[node] else { return nil }
        var seen: [Double] = []
        for metric in Metric.schedulingState {
            guard let value = metrics.value(metric) else { return nil }
            seen.append(HardwareActivity.signaturePart(of: metric, value))
        }
        let hosting = functions.compactMap(ScheduledFunction.init).reduce(0) { $0 | 1 << $1.rawValue }
        let distances = profile.signatures[hosting].map { signature in
            zip(seen, signature).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        return distances.indices.min { distances[$0] < distances[$1] }.map { InterferenceLevel.all[$0] }
    }
}

extension LatencyModel {
    /// The functions whose bits are set in `hosting` on `node`, the others on another node.
    fileprivate func placement(hosting: Int, on node: Int) -> VideoPlacement {
        var placement = VideoPlacement(all: node == 0 && parameters.nodes.count > 1 ? 1 : 0)
        for function in ScheduledFunction.allCases where hosting & (1 << function.rawValue) != 0 {
            placement[function] = node
        }
        return placement
    }
}
