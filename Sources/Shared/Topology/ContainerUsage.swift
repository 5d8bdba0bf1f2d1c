/// How a pod's containers share a node with others: Kubernetes' quality-of-service class.
public enum PodQoSClass: UInt32, Hashable, Sendable, Codable, CaseIterable {
    /// Every container has limits, and requests equal to them.
    case guaranteed = 1
    /// Some container has a request or a limit.
    case burstable = 2
    /// No container has any.
    case bestEffort = 3
}

/// The CPU time that a container may use.
public enum CPULimit: Hashable, Sendable {
    /// As much as there is.
    case unlimited
    /// This many cores' worth in each period of the scheduler.
    case cores(Double)
}

/// The memory that a container may use.
public enum MemoryLimit: Hashable, Sendable {
    /// As much as there is.
    case unlimited
    /// So many bytes.
    case bytes(UInt64)
}

/// What one container used during one reporting interval, and what it is allowed to use. What could not be read or
/// told is nil, never zero or empty.
public struct ContainerUsage: Hashable, Sendable {
    /// The pod's uid.
    public var podUID: String
    /// The container's id, 64 hexadecimal digits.
    public var containerID: String
    /// The pod's quality-of-service class.
    public var qosClass: PodQoSClass
    /// The pod's namespace.
    public var namespace: String?
    /// The pod's name.
    public var pod: String?
    /// The container's name within the pod.
    public var container: String?
    /// The function that the pod is a replica of.
    public var function: FunctionName?
    /// How many windows of CPU use stand behind the mean and the peak.
    public var windows: UInt32
    /// CPU time over time, in cores; nil without a window.
    public var cpuCoresMean: Double?
    /// The largest of the windows, in cores; nil without a window.
    public var cpuCoresPeak: Double?
    /// The largest working set seen: memory without file pages that have not been used lately, in bytes.
    public var memoryPeakBytes: UInt64?
    /// How many windows saw the container held back by its CPU limit.
    public var throttledWindows: UInt32?
    /// The CPU limit in force in the container's own control group.
    public var cpuLimit: CPULimit?
    /// The memory limit in force in the container's own control group.
    public var memoryLimit: MemoryLimit?

    /// A container of which nothing is known but who it is; set what is.
    public init(podUID: String, containerID: String, qosClass: PodQoSClass) {
        self.podUID = podUID
        self.containerID = containerID
        self.qosClass = qosClass
        windows = 0
    }
}
