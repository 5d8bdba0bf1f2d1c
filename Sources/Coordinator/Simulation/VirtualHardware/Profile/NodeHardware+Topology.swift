extension NodeHardware {
    /// Logical CPUs on performance cores: all of them where the processor is no hybrid.
    public var performanceCPUs: Int { cpuCount - efficientCores }

    /// Physical cores of the whole node.
    public var coreCount: Int { performanceCPUs / threadsPerCore + efficientCores }

    /// The CPUs on performance cores and those on efficient ones.
    var cpusByKind: (performance: Range<Int>, efficient: Range<Int>) {
        (0..<performanceCPUs, performanceCPUs..<cpuCount)
    }

    /// Whether CPU `cpu` is an efficient core of a hybrid processor.
    public func isEfficient(_ cpu: Int) -> Bool { cpu >= performanceCPUs }

    /// The physical core of logical CPU `cpu`, numbered through the node. CPUs n and n + coreCount are siblings, as
    /// Linux numbers the threads of servers; on hybrids siblings stand side by side.
    public func core(of cpu: Int) -> Int {
        guard efficientCores > 0 else { return cpu % coreCount }
        return isEfficient(cpu)
            ? performanceCPUs / threadsPerCore + cpu - performanceCPUs : cpu / threadsPerCore
    }

    /// The package of logical CPU `cpu`: cores fill one package after the other.
    public func socket(of cpu: Int) -> Int { core(of: cpu) / coresPerSocket }

    /// The last-level cache of logical CPU `cpu`, numbered through the node.
    public func cache(of cpu: Int) -> Int { socket(of: cpu) * cachesPerSocket + coreInSocket(cpu) / coresPerCache }

    /// The NUMA node of logical CPU `cpu`.
    public func numaNode(of cpu: Int) -> Int {
        socket(of: cpu) * numaNodesPerSocket + coreInSocket(cpu) * numaNodesPerSocket / coresPerSocket
    }

    /// Last-level caches of one package.
    public var cachesPerSocket: Int { (coresPerSocket + coresPerCache - 1) / coresPerCache }

    /// Last-level caches of the whole node.
    public var cacheCount: Int { cachesPerSocket * sockets }

    /// Which of its core's CPUs `cpu` is, from 0.
    func thread(of cpu: Int) -> Int {
        guard efficientCores > 0 else { return cpu / coreCount }
        return isEfficient(cpu) ? 0 : cpu % threadsPerCore
    }

    /// The core of `cpu` among those of its package, from 0.
    func coreInSocket(_ cpu: Int) -> Int { core(of: cpu) % coresPerSocket }

    private var coresPerSocket: Int { coreCount / sockets }
}
