import Topology

/// A CPU limit as the kernel's files hold it: so many microseconds of CPU time in each period (Linux,
/// Documentation/scheduler/sched-bwc.rst, and cgroup-v2.rst for `cpu.max`).
struct CPUQuota: Hashable, Sendable {
    let version: CgroupLayout.Version
    /// Microseconds of CPU time in each period; nil for no limit.
    let quotaMicroseconds: UInt64?
    /// The period's length; never zero.
    let periodMicroseconds: UInt64

    /// The least quota that the kernel takes (min_cfs_quota_period, kernel/sched/core.c).
    static let leastMicroseconds: UInt64 = 1_000

    /// From the texts of version 1's `cpu.cfs_quota_us`, where -1 is no limit, and `cpu.cfs_period_us`.
    init?(quota: UnsafeRawBufferPointer, periodMicroseconds: UInt64?) {
        guard let period = periodMicroseconds, period > 0 else { return nil }
        if quota.starts(with: "-1".utf8) {
            quotaMicroseconds = nil
        } else {
            guard let number = CgroupText.number(quota) else { return nil }
            quotaMicroseconds = number
        }
        self.periodMicroseconds = period
        version = .one
    }

    /// From the text of version 2's `cpu.max`: the quota, or "max", and the period.
    init?(maximum: UnsafeRawBufferPointer) {
        guard let space = maximum.firstIndex(of: UInt8(ascii: " ")),
            let period = CgroupText.number(UnsafeRawBufferPointer(rebasing: maximum[(space + 1)...])), period > 0
        else { return nil }
        if maximum[..<space].elementsEqual("max".utf8) {
            quotaMicroseconds = nil
        } else {
            guard let number = CgroupText.number(maximum) else { return nil }
            quotaMicroseconds = number
        }
        periodMicroseconds = period
        version = .two
    }

    /// From version 1's texts as strings.
    init?(quota: String, period: String) {
        var (quota, period) = (quota, period)
        let microseconds = period.withUTF8 { CgroupText.number(UnsafeRawBufferPointer($0)) }
        guard
            let read = quota.withUTF8({ CPUQuota(quota: UnsafeRawBufferPointer($0), periodMicroseconds: microseconds) })
        else { return nil }
        self = read
    }

    /// From version 2's text as a string.
    init?(maximum: String) {
        var maximum = maximum
        guard let read = maximum.withUTF8({ CPUQuota(maximum: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = read
    }

    private init(version: CgroupLayout.Version, quotaMicroseconds: UInt64, periodMicroseconds: UInt64) {
        self.version = version
        self.quotaMicroseconds = quotaMicroseconds
        self.periodMicroseconds = periodMicroseconds
    }

    /// The limit in cores.
    var limit: CPULimit {
        quotaMicroseconds.map { .cores(Double($0) / Double(periodMicroseconds)) } ?? .unlimited
    }

    /// A quota of `cores` in the same period, rounded up to a microsecond; nil when the kernel would not take it.
    func limited(toCores cores: Double) -> CPUQuota? {
        let microseconds = (cores * Double(periodMicroseconds)).rounded(.up)
        guard microseconds >= Double(Self.leastMicroseconds), microseconds < 1e15 else { return nil }
        return CPUQuota(
            version: version, quotaMicroseconds: UInt64(microseconds), periodMicroseconds: periodMicroseconds)
    }

    /// What the kernel's file reads when this quota is in force, which is also what is written to put it in force.
    var text: String {
        let quota = quotaMicroseconds.map { String($0) }
        return switch version {
        case .one: "\(quota ?? "-1")\n"
        case .two: "\(quota ?? "max") \(periodMicroseconds)\n"
        }
    }
}
