import KernelFiles
public import Measures
import Topology

/// Samples the CPU time and memory of a node's containers from their control groups.
///
/// Not Sendable: one thread makes it and calls it. The files of every container stay open, and a round reads them
/// without allocating, so that the cost of one is that of the reads.
public final class ContainerSampler {
    private let settings: ContainerSettings
    private let time: any TimeSource
    let layout: CgroupLayout
    private var tree: CgroupTree
    /// `memory.stat`, the longest file read, takes less than 2 KiB.
    let buffer = ReadBuffer(byteCount: 16_384)
    private var names: ContainerNames
    private var tracked: [TrackedContainer] = []
    private var unsampled = 0
    private var tally = ContainerSnapshot.Tally()
    private var scanAt: MonotonicInstant
    private var intervalStart: MonotonicInstant

    /// Finds the control groups and the containers in them. Throws `ContainerError` when CPU time is counted nowhere.
    public init(settings: ContainerSettings = ContainerSettings(), time: any TimeSource) throws(ContainerError) {
        self.settings = settings
        self.time = time
        layout = try CgroupLayout(root: settings.cgroupRoot)
        tree = CgroupTree(root: layout.cpuUsage.folder, parents: settings.cgroupParents)
        names = ContainerNames(logRoot: settings.logRoot)
        scanAt = time.now
        intervalStart = time.now
    }

    /// Ends a window of every container and begins the next; to be called once per window. Looks for containers that
    /// came or went when it is time to. A container whose files cannot be read any more is dropped.
    public func sample() {
        let now = time.now
        if now >= scanAt {
            scanAt = now.advanced(byNanoseconds: settings.scanNanoseconds)
            scan()
        }
        tally.rounds += 1
        var hasEnded = false
        for container in tracked {
            if !container.sample(time: time, in: buffer) {
                container.hasEnded = true
                tree.doubt(container.path)
                hasEnded = true
            }
        }
        if hasEnded { removeEnded() }
    }

    /// Ends the reporting interval: what each container used since the last call.
    public func report() -> ContainerSnapshot {
        let now = time.now
        let containers = tracked.map { usage(of: $0) }
        defer { intervalStart = now }
        return ContainerSnapshot(
            takenAt: now, intervalNanoseconds: now.nanoseconds(since: intervalStart), containers: containers,
            unsampled: unsampled, tally: tally)
    }

    /// The sampled container with this id.
    func container(_ id: String) -> TrackedContainer? { tracked.first { $0.identity.containerID == id } }

    private func usage(of container: TrackedContainer) -> ContainerUsage {
        let summary = container.windows.finish()
        tally.droppedWindows += UInt64(summary.droppedWindows)
        let identity = container.identity
        let pod = names.pod(identity.podUID)
        var usage = ContainerUsage(
            podUID: identity.podUID, containerID: identity.containerID, qosClass: identity.qosClass)
        usage.namespace = pod?.namespace
        usage.pod = pod?.pod
        usage.function = pod.flatMap { FunctionName(pod: $0.pod) }
        usage.container = names.container(identity.containerID)
        usage.windows = summary.windows
        usage.cpuCoresMean = summary.cpuCoresMean
        usage.cpuCoresPeak = summary.cpuCoresPeak
        usage.memoryPeakBytes = summary.memoryPeakBytes
        usage.throttledWindows = summary.throttledWindows
        usage.cpuLimit = container.cpuLimit(in: buffer)
        usage.memoryLimit = container.memoryLimit(in: buffer)
        return usage
    }

    private func removeEnded() {
        tally.ended += UInt64(tracked.count { $0.hasEnded })
        tracked.removeAll { $0.hasEnded }
    }

    /// Takes up containers that came, as far as there is room, and drops those whose group is gone.
    private func scan() {
        names.refresh()
        let found = tree.containers()
        let known = Set(tracked.map(\.path))
        let present = Set(found.map(\.path))
        for container in tracked where !present.contains(container.path) { container.hasEnded = true }
        removeEnded()
        unsampled = 0
        for group in found where !known.contains(group.path) {
            if tracked.count < settings.maximumContainers,
                let container = TrackedContainer(group.identity, path: group.path, layout: layout)
            {
                tracked.append(container)
            } else {
                unsampled += 1
            }
        }
    }
}
