import Measures
import Telemetry
import Topology

/// What `reeve containers` shows: what the containers of nodes use, and what they are allowed to use.
public struct ContainersAnswer: Codable, Sendable {
    /// One container; what its node's agent could not read or tell is absent.
    public struct Container: Codable, Sendable {
        /// The container's id, 64 hexadecimal digits.
        public var containerID: String
        /// The pod's uid.
        public var podUID: String
        /// "guaranteed", "burstable" or "bestEffort".
        public var qosClass: String
        /// The pod's namespace.
        public var namespace: String?
        /// The pod's name.
        public var pod: String?
        /// The container's name within the pod.
        public var container: String?
        /// The function that the pod is a replica of.
        public var function: String?
        /// The windows behind mean and peak.
        public var windows: UInt32
        /// CPU time over time, in cores.
        public var cpuCoresMean: Double?
        /// The largest window, in cores.
        public var cpuCoresPeak: Double?
        /// The largest working set, in bytes.
        public var memoryPeakBytes: UInt64?
        /// Windows in which the CPU limit held the container back.
        public var throttledWindows: UInt32?
        /// The CPU limit in cores; absent when there is none, or when it is not known.
        public var cpuLimitCores: Double?
        /// Whether there is no CPU limit; absent when that is not known.
        public var isCPUUnlimited: Bool?
        /// The memory limit in bytes; absent when there is none, or when it is not known.
        public var memoryLimitBytes: UInt64?
        /// Whether there is no memory limit; absent when that is not known.
        public var isMemoryUnlimited: Bool?

        init(_ usage: ContainerUsage) {
            containerID = usage.containerID
            podUID = usage.podUID
            qosClass = "\(usage.qosClass)"
            namespace = usage.namespace
            pod = usage.pod
            container = usage.container
            function = usage.function?.rawValue
            windows = usage.windows
            cpuCoresMean = usage.cpuCoresMean
            cpuCoresPeak = usage.cpuCoresPeak
            memoryPeakBytes = usage.memoryPeakBytes
            throttledWindows = usage.throttledWindows
            isCPUUnlimited = usage.cpuLimit.map { $0 == .unlimited }
            if case .cores(let cores) = usage.cpuLimit { cpuLimitCores = cores }
            isMemoryUnlimited = usage.memoryLimit.map { $0 == .unlimited }
            if case .bytes(let bytes) = usage.memoryLimit { memoryLimitBytes = bytes }
        }
    }

    /// One node that has reported containers.
    public struct Node: Codable, Sendable {
        /// The node's name.
        public var node: String
        /// "known" or "unknown".
        public var state: String
        /// Why the node's containers are unknown.
        public var reason: String?
        /// Seconds since the end of the interval that was reported.
        public var ageSeconds: Double
        /// The length of that interval.
        public var intervalSeconds: Double
        /// Containers of the node that are not sampled.
        public var unsampled: UInt64
        /// The containers, by namespace, pod and name; none while they are unknown.
        public var containers: [Container]
    }

    /// The nodes by name.
    public var nodes: [Node]

    /// The answer about `node`, or about all nodes. A report that is too old tells nothing: its containers may be gone.
    init(_ state: TelemetryState, of node: NodeName?, at now: MonotonicInstant) {
        nodes = state.containers.nodes.filter { node == nil || $0 == node }.compactMap { name in
            guard let entry = state.containers[name] else { return nil }
            let age = now.nanoseconds(since: entry.takenAt)
            let isKnown = age <= entry.unknownAfterNanoseconds(state.settings)
            let seconds = Double(age) * 1e-9
            return Node(
                node: name.rawValue, state: isKnown ? "known" : "unknown",
                reason: isKnown ? nil : "\(name) last reported its containers \(Int(seconds.rounded())) s ago",
                ageSeconds: seconds, intervalSeconds: Double(entry.intervalNanoseconds) * 1e-9,
                unsampled: entry.unsampled,
                containers: isKnown ? entry.containers.sorted(by: Self.isBefore).map { Container($0) } : [])
        }
    }

    private static func isBefore(_ left: ContainerUsage, _ right: ContainerUsage) -> Bool {
        func key(_ usage: ContainerUsage) -> [String] {
            [usage.namespace, usage.pod, usage.container, usage.containerID].map { $0 ?? "" }
        }
        return key(left).lexicographicallyPrecedes(key(right))
    }
}
