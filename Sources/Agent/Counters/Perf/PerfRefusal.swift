#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// An event that the kernel refused to open or to read.
struct PerfRefusal: Error, Hashable, Sendable {
    let event: String
    let cpu: Int
    let errno: PerfErrno

    /// What was refused, why, and what would help, in one sentence without a full stop.
    func sentence(_ privilege: PerfPrivilege) -> String {
        "\(event) on cpu\(cpu) is refused (\(errno.name)): \(errno.cause(privilege))"
    }
}

extension PerfErrno {
    /// Whether the error says something of one event only, so that others are worth trying.
    var concernsOneEvent: Bool { [ENOENT, EINVAL, EOPNOTSUPP, EBUSY, ENOSPC].contains(number) }

    /// Whether descriptors ran out.
    var meansNoDescriptors: Bool { number == EMFILE || number == ENFILE }

    /// Whether a CPU is not there (perf_event_open(2) answers ENODEV for one that is offline).
    var meansOffline: Bool { number == ENODEV || number == ENXIO }

    /// Whether the same may succeed later: somebody lets go of counters, files or CPUs, or permits more.
    var mayPass: Bool { [EACCES, EBUSY, EMFILE, ENFILE, ENODEV, ENOMEM, ENXIO].contains(number) }

    fileprivate var name: String {
        switch number {
        case EACCES: "EACCES"
        case EPERM: "EPERM"
        case ENOSYS: "ENOSYS"
        case ENOENT: "ENOENT"
        case ENODEV: "ENODEV"
        case EOPNOTSUPP: "EOPNOTSUPP"
        case EBUSY: "EBUSY"
        case EINVAL: "EINVAL"
        case EMFILE: "EMFILE"
        case ENFILE: "ENFILE"
        default: "errno \(number)"
        }
    }

    /// Meanings: perf_event_open(2), "ERRORS"; seccomp(2) for filters that answer EPERM or ENOSYS.
    fileprivate func cause(_ privilege: PerfPrivilege) -> String {
        switch number {
        case EACCES, EPERM: Self.cause(ofDenial: self, privilege)
        case ENOSYS:
            "the kernel was built without CONFIG_PERF_EVENTS, or a seccomp filter hides perf_event_open; allow the"
                + " call in the container's seccomp profile"
        case ENOENT, EOPNOTSUPP: "the kernel has no such counter on this processor (guests without a vPMU have none)"
        case ENODEV: "the CPU is offline or has no such counter"
        case EBUSY: "somebody else holds the counters for himself"
        case EINVAL: "it does not fit beside the group's other events, or this processor does not have it"
        case EMFILE: "the process has as many files open as it may; raise LimitNOFILE or ulimit -n"
        case ENFILE: "the system has as many files open as it can; raise fs.file-max"
        default: String(cString: strerror(number))
        }
    }

    private static func cause(ofDenial denial: PerfErrno, _ privilege: PerfPrivilege) -> String {
        if privilege.hasCapability == true || privilege.paranoid.map({ $0 <= 0 }) == true {
            return denial.number == EPERM
                ? "a seccomp filter or security module forbids perf_event_open; allow the call in the container's"
                    + " seccomp profile"
                : "the capability counts only outside of user namespaces, or a security module forbids it"
        }
        let setting = privilege.paranoid.map { "kernel.perf_event_paranoid is \($0)" } ?? "privilege is missing"
        let remedy = "\(setting); grant CAP_PERFMON or set kernel.perf_event_paranoid to 0 or less"
        return denial.number == EPERM
            ? "\(remedy), or allow perf_event_open in the container's seccomp profile" : remedy
    }
}
