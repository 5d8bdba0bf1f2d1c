import Measures

/// What is looked at while a lease lasts; nil where it cannot be read or need not be.
struct LeaseUse: Hashable, Sendable {
    let takenAt: MonotonicInstant
    /// CPU time used since the group was made.
    var cpuNanoseconds: UInt64?
    /// Periods in which the CPU limit has held the container back.
    var throttledPeriods: UInt64?
    /// The working set in bytes.
    var workingSetBytes: UInt64?
}

/// Watches an owner's use against the limits that were lowered for it: a pure value.
///
/// CPU use is a sum over a window that slides with every look. So a burst is noticed as soon as it has used up the
/// share of a whole window's grant, not when the window is over, and a short one that leaves room is left alone.
struct GrantWatch: Hashable, Sendable {
    private struct Look: Hashable {
        let takenAt: MonotonicInstant
        let cpuNanoseconds: UInt64
    }

    private let cores: Double?
    private let bytes: UInt64?
    private let nearShare: Double
    private let windowNanoseconds: UInt64
    private let leastRoomBytes: UInt64
    private var looks: [Look] = []
    private var throttledPeriods: UInt64?
    /// Looks kept at most, whatever their spacing.
    private static let looks = 64

    /// Watches what `plan` lowers.
    init(_ plan: LeasePlan, settings: LeaseSettings) {
        cores = plan.loweredCores
        bytes = plan.loweredBytes
        nearShare = settings.nearShare
        windowNanoseconds = settings.windowNanoseconds
        leastRoomBytes = settings.memoryMarginBytes / 2
    }

    /// Whether there is anything to watch in the CPU's counters, and in memory.
    var needsCPU: Bool { cores != nil }
    var needsMemory: Bool { bytes != nil }

    /// Whether so much memory is certainly not near: then the working set, which is never more, need not be read.
    func isFar(usageBytes: UInt64) -> Bool { bytes.map { !isNear(workingSet: usageBytes, of: $0) } ?? true }

    /// Takes a look; returns in one sentence what has come near, nil while nothing has.
    mutating func sign(in use: LeaseUse) -> String? {
        let cpu = cores.flatMap { cpuSign(in: use, cores: $0) }
        if let cpu { return cpu }
        guard let bytes, let workingSet = use.workingSetBytes, isNear(workingSet: workingSet, of: bytes) else {
            return nil
        }
        return "the owner's working set was \(workingSet) of \(bytes) bytes"
    }

    private func isNear(workingSet: UInt64, of bytes: UInt64) -> Bool {
        Double(workingSet) >= nearShare * Double(bytes) || workingSet >= bytes || bytes - workingSet < leastRoomBytes
    }

    private mutating func cpuSign(in use: LeaseUse, cores: Double) -> String? {
        defer { if let periods = use.throttledPeriods { throttledPeriods = periods } }
        if let before = throttledPeriods, let after = use.throttledPeriods, after > before {
            return "the owner was throttled at \(rounded(cores)) cores"
        }
        guard let used = use.cpuNanoseconds else { return nil }
        if let last = looks.last, last.cpuNanoseconds > used || last.takenAt > use.takenAt { looks = [] }
        looks.append(Look(takenAt: use.takenAt, cpuNanoseconds: used))
        // The window begins with the newest look that is a whole window old; before there is one, with the grant.
        let start = looks.lastIndex { use.takenAt.nanoseconds(since: $0.takenAt) >= windowNanoseconds } ?? 0
        looks.removeFirst(max(start, looks.count - Self.looks))
        guard let first = looks.first else { return nil }
        let length = max(use.takenAt.nanoseconds(since: first.takenAt), windowNanoseconds)
        let share = Double(used - first.cpuNanoseconds) / (cores * Double(length))
        guard share >= nearShare else { return nil }
        return "the owner used \(rounded(share * cores)) of \(rounded(cores)) cores within \(length / 1_000_000) ms"
    }
}
