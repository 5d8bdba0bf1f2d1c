import Topology

/// Why a lease is not given, in one sentence.
struct LeaseRefusal: Error, Hashable, Sendable {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}

/// What a lease changes, in the order in which it is written; given back in the reverse order.
///
/// The container's own group is the one that is changed. Its pod's group bounds it: version 1 refuses a quota above the
/// parent's, version 2 applies the lesser of the two. So a raised limit raises the pod's by as much, first, where the
/// pod has one; a lowered limit leaves the pod's alone, which then bounds nothing that it did not bound before.
struct LeasePlan: Hashable, Sendable {
    private(set) var changes: [LimitChange] = []
    /// The new CPU limit in cores, when it is lower than before.
    private(set) var loweredCores: Double?
    /// The new memory limit in bytes, when it is lower than before.
    private(set) var loweredBytes: UInt64?
    /// Whether the pod's own limits are changed as well.
    private(set) var raisesPod = false

    /// Checks the request against what is known of the container. Throws `LeaseRefusal` with the first thing that does
    /// not allow it.
    init(
        _ request: LeaseRequest, of subject: LeaseSubject, settings: LeaseSettings, pageBytes: UInt64
    ) throws(LeaseRefusal) {
        if let cores = request.cpuCores { try plan(cores: cores, of: subject, settings) }
        if let bytes = request.memoryBytes { try plan(memoryBytes: bytes, of: subject, settings, pageBytes) }
        guard !changes.isEmpty else {
            throw LeaseRefusal("the lease names neither a CPU nor a memory limit: at least one is needed")
        }
    }

    private mutating func plan(
        cores: Double, of subject: LeaseSubject, _ settings: LeaseSettings
    ) throws(LeaseRefusal) {
        guard let present = subject.cpu else { throw LeaseRefusal("the container's CPU limit cannot be read") }
        guard let wanted = present.value.limited(toCores: cores) else {
            let least = Double(CPUQuota.leastMicroseconds) / Double(present.value.periodMicroseconds)
            throw LeaseRefusal("a CPU limit of \(cores) cores is not possible: allowed is \(least) or more")
        }
        guard wanted.text != present.text else {
            throw LeaseRefusal("the container's CPU limit is \(cores) cores already")
        }
        if let presentMicroseconds = present.value.quotaMicroseconds, let microseconds = wanted.quotaMicroseconds,
            microseconds > presentMicroseconds
        {
            guard let pod = subject.podCPU else {
                throw LeaseRefusal("the CPU limit of the container's pod cannot be read")
            }
            let more = Double(microseconds - presentMicroseconds) / Double(present.value.periodMicroseconds)
            if case .cores(let podCores) = pod.value.limit, let raised = pod.value.limited(toCores: podCores + more) {
                changes.append(LimitChange(path: pod.path, previous: pod.text, granted: raised.text))
                raisesPod = true
            }
        } else {
            if let recent = subject.recentCores, recent >= settings.nearShare * cores {
                throw LeaseRefusal(
                    "the container used \(rounded(recent)) cores in its last window: \(cores) cores are too near to that")
            }
            loweredCores = cores
        }
        changes.append(LimitChange(path: present.path, previous: present.text, granted: wanted.text))
    }

    private mutating func plan(
        memoryBytes: UInt64, of subject: LeaseSubject, _ settings: LeaseSettings, _ pageBytes: UInt64
    ) throws(LeaseRefusal) {
        guard let present = subject.memory else { throw LeaseRefusal("the container's memory limit cannot be read") }
        let wanted = MemoryCeiling(bytes: memoryBytes, pageBytes: pageBytes)
        guard let bytes = wanted.bytes, bytes > 0, bytes < 1 << 62 else {
            throw LeaseRefusal("a memory limit of \(memoryBytes) bytes is not possible: allowed is a page or more")
        }
        let granted = "\(bytes)\n"
        guard granted != present.text else {
            throw LeaseRefusal("the container's memory limit is \(bytes) bytes already")
        }
        if let presentBytes = present.value.bytes, bytes > presentBytes {
            guard let pod = subject.podMemory else {
                throw LeaseRefusal("the memory limit of the container's pod cannot be read")
            }
            if let podBytes = pod.value.bytes {
                let raised = podBytes + (bytes - presentBytes)
                changes.append(LimitChange(path: pod.path, previous: pod.text, granted: "\(raised)\n"))
                raisesPod = true
            }
        } else {
            try checkRoom(for: bytes, of: subject, settings)
            loweredBytes = bytes
        }
        changes.append(LimitChange(path: present.path, previous: present.text, granted: granted))
    }

    /// Whether the container can live with so many bytes without the kernel having to take pages that it uses.
    private func checkRoom(
        for bytes: UInt64, of subject: LeaseSubject, _ settings: LeaseSettings
    ) throws(LeaseRefusal) {
        guard let workingSet = subject.workingSetBytes, let usage = subject.usageBytes else {
            throw LeaseRefusal("the container's working set cannot be read, so its memory limit is not lowered")
        }
        let (needed, overflow) = workingSet.addingReportingOverflow(settings.memoryMarginBytes)
        guard !overflow, needed <= bytes, Double(workingSet) < settings.nearShare * Double(bytes) else {
            throw LeaseRefusal(
                "the container's working set is \(workingSet) bytes: allowed is a memory limit of at least"
                    + " \(settings.memoryMarginBytes) bytes more, of which it takes less than a share of"
                    + " \(settings.nearShare)")
        }
        guard usage <= bytes || usage - bytes <= settings.reclaimBytes else {
            throw LeaseRefusal(
                "a memory limit of \(bytes) bytes would have \(usage - bytes) bytes of page cache reclaimed at once:"
                    + " allowed are \(settings.reclaimBytes)")
        }
    }
}

/// A number for people, with three decimals.
func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
