import KernelFiles

/// Reads what is known of a container when a lease on it is asked for.
struct SubjectReader {
    let layout: CgroupLayout
    let files: any LimitFiles

    /// What is known of `container` now.
    func subject(of container: TrackedContainer, in buffer: ReadBuffer) -> LeaseSubject {
        let group = container.path
        let pod = String(group[..<(group.lastIndex(of: "/") ?? group.startIndex)])
        let memory = container.memory(in: buffer)
        return LeaseSubject(
            containerID: container.identity.containerID, podUID: container.identity.podUID, cpu: cpuLimit(of: group),
            podCPU: cpuLimit(of: pod), memory: memoryLimit(of: group), podMemory: memoryLimit(of: pod),
            recentCores: container.windows.newestCores, workingSetBytes: memory?.workingSetBytes,
            usageBytes: memory?.usageBytes)
    }

    /// A limit whose text this program would not have written itself is not understood well enough to be given back.
    private func cpuLimit(of group: String) -> LeaseSubject.Limit<CPUQuota>? {
        guard let controller = layout.cpuLimit else { return nil }
        let folder = "\(controller.folder)/\(group)"
        let path: String
        let quota: CPUQuota?
        let text: String?
        switch controller.version {
        case .one:
            path = "\(folder)/cpu.cfs_quota_us"
            text = try? files.read(path)
            let period = try? files.read("\(folder)/cpu.cfs_period_us")
            quota = text.flatMap { text in period.flatMap { CPUQuota(quota: text, period: $0) } }
        case .two:
            path = "\(folder)/cpu.max"
            text = try? files.read(path)
            quota = text.flatMap { CPUQuota(maximum: $0) }
        }
        guard let text, let quota, quota.text == text else { return nil }
        return LeaseSubject.Limit(path: path, text: text, value: quota)
    }

    private func memoryLimit(of group: String) -> LeaseSubject.Limit<MemoryCeiling>? {
        guard let controller = layout.memory else { return nil }
        let name = controller.version == .one ? "memory.limit_in_bytes" : "memory.max"
        let path = "\(controller.folder)/\(group)/\(name)"
        guard let text = try? files.read(path), let ceiling = MemoryCeiling(text) else { return nil }
        return LeaseSubject.Limit(path: path, text: text, value: ceiling)
    }
}
