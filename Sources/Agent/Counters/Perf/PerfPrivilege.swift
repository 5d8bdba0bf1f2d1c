import KernelFiles

/// What the process may do with performance events, as far as /proc tells.
struct PerfPrivilege: Hashable, Sendable {
    /// The kernel's setting kernel.perf_event_paranoid: counting all processes of a CPU needs 0 or less, or a
    /// capability (Linux, Documentation/admin-guide/perf-security.rst). Nil where the kernel has no such setting.
    var paranoid: Int?
    /// Whether the process holds CAP_PERFMON or CAP_SYS_ADMIN in its user namespace; nil when that cannot be read.
    var hasCapability: Bool?

    /// What files below `proc` tell.
    init(proc: String) {
        paranoid = KernelText.contents("\(proc)/sys/kernel/perf_event_paranoid").flatMap { Int($0) }
        hasCapability = KernelText.contents("\(proc)/self/status").flatMap { Self.holdsCapability(status: $0) }
    }

    init(paranoid: Int?, hasCapability: Bool?) {
        self.paranoid = paranoid
        self.hasCapability = hasCapability
    }

    /// Whether the text of /proc/self/status lists one of the capabilities as effective; nil when it does not say.
    static func holdsCapability(status: String) -> Bool? {
        let prefix = "CapEff:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }) else { return nil }
        let digits = line.dropFirst(prefix.count).drop(while: \.isWhitespace)
        guard let bits = PerfTerm.number("0x\(digits)") else { return nil }
        // linux/capability.h
        let systemAdministration: UInt64 = 1 << 21
        let performanceMonitoring: UInt64 = 1 << 38
        return bits & (systemAdministration | performanceMonitoring) != 0
    }
}
