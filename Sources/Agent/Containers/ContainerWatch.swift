import KernelFiles
public import Measures
public import Topology

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A node's containers: samples their use in windows and keeps the leases on their limits.
///
/// Not Sendable: one thread makes it, calls `turn()` when it is due, and ends it with `close()`.
public final class ContainerWatch {
    private let time: any TimeSource
    private let windowNanoseconds: UInt64
    private let sampler: ContainerSampler
    private let keeper: LeaseKeeper?
    private var refusals: [LeaseEvent] = []
    private var sampleAt: MonotonicInstant

    /// Windows that were skipped because the one before took too long.
    public private(set) var overruns: UInt64 = 0

    /// Finds the containers, and gives back what an earlier agent has left lent. The record of leases is opened where
    /// leases are enabled, or where there is one from before. Throws `ContainerError` when there are no control groups,
    /// or when the record cannot be kept.
    public init(
        settings: ContainerSettings, leases: LeaseSettings, time: any TimeSource
    ) throws(ContainerError) {
        raiseDescriptorLimit()
        self.time = time
        windowNanoseconds = settings.windowNanoseconds
        sampler = try ContainerSampler(settings: settings, time: time)
        let isNeeded = leases.isEnabled || access(leases.statePath, F_OK) == 0
        keeper =
            isNeeded
            ? try LeaseKeeper(
                settings: leases, cgroupRoot: settings.cgroupRoot, sampler: sampler, files: KernelLimitFiles(),
                time: time)
            : nil
        sampleAt = time.now
    }

    /// Lines of the record of leases that an earlier agent left which could not be understood.
    public var unreadableRecordLines: Int { keeper?.unreadableLines ?? 0 }

    /// Does what is due; returns when it wants to be called again at the latest.
    public func turn() -> MonotonicInstant {
        keeper?.turn()
        let now = time.now
        if now >= sampleAt {
            sampler.sample()
            sampleAt = sampleAt.advanced(byNanoseconds: windowNanoseconds)
            let late = time.now.nanoseconds(since: sampleAt)
            if late > 0 {
                let missed = late / windowNanoseconds + 1
                overruns += missed
                sampleAt = sampleAt.advanced(byNanoseconds: missed * windowNanoseconds)
            }
        }
        return keeper?.deadline.map { min($0, sampleAt) } ?? sampleAt
    }

    /// What each container used since the last call.
    public func report() -> ContainerSnapshot { sampler.report() }

    /// Takes a request for a lease; what becomes of it is told by `takeEvents`.
    public func take(_ request: LeaseRequest) {
        guard let keeper else {
            return refuse(request.id, request.containerID, "this node's agent is not allowed to change limits")
        }
        keeper.take(request)
    }

    /// Ends a lease before its time.
    public func end(_ id: LeaseID) {
        guard let keeper else { return refuse(id, nil, "the node has no lease \(id)") }
        keeper.end(id)
    }

    /// The leases in force, and those that are being given back.
    public var held: [HeldLease] { keeper?.held ?? [] }

    /// What became of leases since the last call, oldest first, and how many events were dropped because nobody asked.
    public func takeEvents() -> (events: [LeaseEvent], dropped: UInt64) {
        defer { refusals = [] }
        guard let keeper else { return (refusals, 0) }
        return keeper.takeEvents()
    }

    /// Gives every limit back.
    public func close() { keeper?.close() }

    private func refuse(_ id: LeaseID, _ containerID: String?, _ sentence: String) {
        guard refusals.count < LeaseKeeper.keptEvents else { return }
        refusals.append(LeaseEvent(id: id, containerID: containerID, kind: .refused, sentence: sentence))
    }
}
