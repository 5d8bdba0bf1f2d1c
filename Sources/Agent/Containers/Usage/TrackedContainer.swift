import KernelFiles
import Measures
import Topology

/// A container that is sampled: who it is, its open files, and its windows so far. Not Sendable: it belongs to the
/// thread that samples.
final class TrackedContainer {
    let identity: ContainerIdentity
    /// The group's path below each hierarchy's root.
    let path: String
    var windows = UsageWindows()
    /// Whether its group was found to be gone.
    var hasEnded = false
    private let layout: CgroupLayout

    private let usage: KernelFile
    private let throttling: KernelFile?
    private let memoryUsage: KernelFile?
    private let memoryStatistics: KernelFile?
    private let cpuQuota: KernelFile?
    private let cpuPeriod: KernelFile?
    private let memoryLimit: KernelFile?

    /// Opens the files of the group at `path`; nil when its CPU time cannot be read. What else is missing is absent.
    init?(_ identity: ContainerIdentity, path: String, layout: CgroupLayout) {
        self.identity = identity
        self.path = path
        self.layout = layout
        func file(_ controller: CgroupLayout.Controller?, one: String, two: String) -> KernelFile? {
            guard let controller else { return nil }
            return KernelFile("\(controller.folder)/\(path)/\(controller.version == .one ? one : two)")
        }
        guard let usage = file(layout.cpuUsage, one: "cpuacct.usage", two: "cpu.stat") else { return nil }
        self.usage = usage
        throttling = file(layout.cpuLimit, one: "cpu.stat", two: "cpu.stat")
        memoryUsage = file(layout.memory, one: "memory.usage_in_bytes", two: "memory.current")
        memoryStatistics = file(layout.memory, one: "memory.stat", two: "memory.stat")
        cpuQuota = file(layout.cpuLimit, one: "cpu.cfs_quota_us", two: "cpu.max")
        cpuPeriod = layout.cpuLimit?.version == .one ? file(layout.cpuLimit, one: "cpu.cfs_period_us", two: "") : nil
        memoryLimit = file(layout.memory, one: "memory.limit_in_bytes", two: "memory.max")
    }

    /// Ends a window and begins the next; false when the CPU time cannot be read, as when the group is gone.
    func sample(time: any TimeSource, in buffer: ReadBuffer) -> Bool {
        guard let cpu = cpuTime(time: time, in: buffer) else { return false }
        var reading = UsageReading(takenAt: cpu.takenAt, cpuNanoseconds: cpu.nanoseconds)
        if windows.needsDetails(cpuNanoseconds: cpu.nanoseconds) {
            reading.details = UsageReading.Details(
                workingSetBytes: memory(in: buffer)?.workingSetBytes, throttledPeriods: throttledPeriods(in: buffer))
        }
        windows.add(reading)
        return true
    }

    /// The CPU time used since the group was made, and when it was read; nil when it cannot be.
    func cpuTime(time: any TimeSource, in buffer: ReadBuffer) -> (nanoseconds: UInt64, takenAt: MonotonicInstant)? {
        guard let text = usage.text(in: buffer) else { return nil }
        let takenAt = time.now
        switch layout.cpuUsage.version {
        case .one: return CgroupText.number(text).map { ($0, takenAt) }
        case .two:
            guard let microseconds = CgroupText.number(text, key: "usage_usec"), microseconds < UInt64.max / 1_000
            else {
                return nil
            }
            return (microseconds * 1_000, takenAt)
        }
    }

    /// The scheduler's periods in which the CPU limit held the container back; nil when they cannot be read.
    func throttledPeriods(in buffer: ReadBuffer) -> UInt64? {
        throttling?.text(in: buffer).flatMap { CgroupText.number($0, key: "nr_throttled") }
    }

    /// What the group holds in memory.
    struct Memory {
        /// All of it, the page cache included.
        let usageBytes: UInt64
        /// Without file pages that have not been used lately: the working set as the kubelet and cAdvisor reckon it
        /// (google/cadvisor, container/libcontainer/handler.go, setMemoryStats).
        let workingSetBytes: UInt64
    }

    /// The memory now; nil when it cannot be read.
    func memory(in buffer: ReadBuffer) -> Memory? {
        guard let usage = memoryUsageBytes(in: buffer), let text = memoryStatistics?.text(in: buffer) else {
            return nil
        }
        let key: StaticString = layout.memory?.version == .one ? "total_inactive_file" : "inactive_file"
        guard let inactive = CgroupText.number(text, key: key) else { return nil }
        // The two files are read one after the other, so the part may exceed the whole.
        return Memory(usageBytes: usage, workingSetBytes: usage > inactive ? usage - inactive : 0)
    }

    /// All memory now, which is cheaper than the working set and never less; nil when it cannot be read.
    func memoryUsageBytes(in buffer: ReadBuffer) -> UInt64? {
        memoryUsage?.text(in: buffer).flatMap { CgroupText.number($0) }
    }

    /// The CPU limit now; nil when it cannot be read.
    func cpuLimit(in buffer: ReadBuffer) -> CPULimit? {
        if layout.cpuLimit?.version == .one {
            let period = cpuPeriod?.text(in: buffer).flatMap { CgroupText.number($0) }
            return cpuQuota?.text(in: buffer).flatMap { CPUQuota(quota: $0, periodMicroseconds: period) }?.limit
        }
        return cpuQuota?.text(in: buffer).flatMap { CPUQuota(maximum: $0) }?.limit
    }

    /// The memory limit now; nil when it cannot be read.
    func memoryLimit(in buffer: ReadBuffer) -> MemoryLimit? {
        memoryLimit?.text(in: buffer).flatMap { MemoryCeiling($0) }?.limit
    }
}
