import Topology

/// What a report tells of a container that can be harvested.
struct HarvestSubject {
    let namespace: String
    let pod: String
    let function: FunctionName
    let limits: Resources
    private let usage: ContainerUsage

    /// Nil for a container that is no function's, or has no limits, or whose limits are not known.
    init?(_ usage: ContainerUsage, _ settings: HarvestSettings) {
        guard let namespace = usage.namespace, settings.concerns(namespace), let pod = usage.pod,
            let function = usage.function, let cpu = usage.cpuLimit, let memory = usage.memoryLimit
        else { return nil }
        var limits = Resources.zero
        if case .cores(let cores) = cpu { limits.millicores = Int((cores * 1_000).rounded()) }
        if case .bytes(let bytes) = memory { limits.mebibytes = Int(clamping: bytes >> 20) }
        guard limits != .zero else { return nil }
        self.namespace = namespace
        self.pod = pod
        self.function = function
        self.limits = limits
        self.usage = usage
    }

    /// The largest use in the report; all that was held where the CPU limit held the container back; nil where either
    /// was not measured.
    func peak(holding held: Resources) -> Resources? {
        guard let cores = usage.cpuCoresPeak, let bytes = usage.memoryPeakBytes else { return nil }
        let used = Int((cores * 1_000).rounded(.up))
        let isHeldBack = (usage.throttledWindows ?? 0) > 0
        return Resources(
            millicores: isHeldBack ? max(used, held.millicores) : used,
            mebibytes: Int(clamping: (bytes + (1 << 20) - 1) >> 20))
    }
}
