/// What is known of a container at the moment when a lease on it is asked for.
struct LeaseSubject: Hashable, Sendable {
    /// A limit as it stands in its file.
    struct Limit<Value: Hashable & Sendable>: Hashable, Sendable {
        let path: String
        let text: String
        let value: Value
    }

    let containerID: String
    let podUID: String
    /// The container's CPU limit; nil when it cannot be read.
    var cpu: Limit<CPUQuota>?
    /// That of its pod's group, which bounds the container's.
    var podCPU: Limit<CPUQuota>?
    /// The container's memory limit; nil when it cannot be read.
    var memory: Limit<MemoryCeiling>?
    /// That of its pod's group, which bounds the container's.
    var podMemory: Limit<MemoryCeiling>?
    /// CPU use over the newest window, in cores; nil before the first.
    var recentCores: Double?
    /// The working set in bytes; nil when it cannot be read.
    var workingSetBytes: UInt64?
    /// All memory, the page cache included; nil when it cannot be read.
    var usageBytes: UInt64?
}
