import Testing

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What is said of a refusal: what, why, and what would help.
struct PerfRefusalTests {
    private static let ordinary = PerfPrivilege(paranoid: 2, hasCapability: false)
    private static let capable = PerfPrivilege(paranoid: 2, hasCapability: true)

    @Test(arguments: [
        (
            EACCES, PerfPrivilege(paranoid: 2, hasCapability: false),
            "kernel.perf_event_paranoid is 2; grant CAP_PERFMON or set kernel.perf_event_paranoid to 0 or less"
        ),
        (
            EACCES, PerfPrivilege(paranoid: 4, hasCapability: nil),
            "kernel.perf_event_paranoid is 4; grant CAP_PERFMON or set kernel.perf_event_paranoid to 0 or less"
        ),
        (
            EACCES, PerfPrivilege(paranoid: nil, hasCapability: false),
            "privilege is missing; grant CAP_PERFMON or set kernel.perf_event_paranoid to 0 or less"
        ),
        (
            EPERM, PerfPrivilege(paranoid: 2, hasCapability: false),
            "kernel.perf_event_paranoid is 2; grant CAP_PERFMON or set kernel.perf_event_paranoid to 0 or less, or"
                + " allow perf_event_open in the container's seccomp profile"
        ),
        (
            EPERM, PerfPrivilege(paranoid: 2, hasCapability: true),
            "a seccomp filter or security module forbids perf_event_open; allow the call in the container's seccomp"
                + " profile"
        ),
        (
            EPERM, PerfPrivilege(paranoid: -1, hasCapability: false),
            "a seccomp filter or security module forbids perf_event_open; allow the call in the container's seccomp"
                + " profile"
        ),
        (
            EACCES, PerfPrivilege(paranoid: 2, hasCapability: true),
            "the capability counts only outside of user namespaces, or a security module forbids it"
        ),
    ])
    func deniedPrivilegeIsToldFromAFilter(_ number: Int32, privilege: PerfPrivilege, cause: String) {
        let refusal = PerfRefusal(event: "cycles", cpu: 3, errno: PerfErrno(number: number))
        let name = number == EACCES ? "EACCES" : "EPERM"
        #expect(refusal.sentence(privilege) == "cycles on cpu3 is refused (\(name)): \(cause)")
    }

    @Test(arguments: [
        (ENOSYS, "ENOSYS", "seccomp filter hides perf_event_open"), (ENOENT, "ENOENT", "guests without a vPMU"),
        (EOPNOTSUPP, "EOPNOTSUPP", "no such counter"), (ENODEV, "ENODEV", "offline"),
        (EBUSY, "EBUSY", "somebody else"), (EINVAL, "EINVAL", "does not fit"), (EMFILE, "EMFILE", "LimitNOFILE"),
        (ENFILE, "ENFILE", "fs.file-max"), (ENOMEM, "errno 12", "Cannot allocate memory"),
    ])
    func everyOtherCauseIsNamed(_ number: Int32, name: String, part: String) {
        let sentence = PerfRefusal(event: "uncore_imc_0", cpu: 0, errno: PerfErrno(number: number))
            .sentence(Self.ordinary)
        #expect(sentence.hasPrefix("uncore_imc_0 on cpu0 is refused (\(name)): "))
        #expect(sentence.contains(part))
        #expect(!sentence.hasSuffix("."))
    }

    @Test func privilegeIsReadFromProc() throws {
        let tree = try PerfTree()
        #expect(PerfPrivilege(proc: tree.root) == PerfPrivilege(paranoid: nil, hasCapability: nil))
        try tree.write("-1", to: "sys/kernel/perf_event_paranoid")
        try tree.write("Name:\tx\nCapEff:\t0000004000000000", to: "self/status")
        #expect(PerfPrivilege(proc: tree.root) == PerfPrivilege(paranoid: -1, hasCapability: true))
    }

    @Test(arguments: [
        ("CapEff:\t000001fffeffffff\n", true), ("CapInh:\t0\nCapEff:\t0000000000200000\n", true),
        ("CapEff:\t0000004000000000", true), ("CapEff:\t0000000000000000", false),
        ("CapEff:\t00000000a80425fb\n", false), ("CapPrm:\t000001ffffffffff", nil), ("CapEff:\tx", nil), ("", nil),
        ("CapEff:", nil),
    ])
    func capabilitiesAreThoseInEffect(_ status: String, holds: Bool?) {
        #expect(PerfPrivilege.holdsCapability(status: status) == holds)
    }
}
