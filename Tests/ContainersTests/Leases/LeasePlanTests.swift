import Testing
import Topology

@testable import Containers

@Suite("What a lease changes")
struct LeasePlanTests {
    static let settings = LeaseSettings(isEnabled: true, memoryMarginBytes: 16 << 20, reclaimBytes: 32 << 20)
    static let mebibyte: UInt64 = 1 << 20

    /// A container of 1 core and 256 MiB that uses a tenth of a core and 64 MiB, in a pod of 2 cores and 512 MiB.
    static func subject(
        _ version: CgroupLayout.Version = .two, cpu: String? = nil, podCPU: String? = nil,
        memory: String = "268435456\n",
        podMemory: String = "536870912\n"
    ) -> LeaseSubject {
        func quota(_ text: String, _ path: String) -> LeaseSubject.Limit<CPUQuota>? {
            (version == .one ? CPUQuota(quota: text, period: "100000\n") : CPUQuota(maximum: text))
                .map { LeaseSubject.Limit(path: path, text: text, value: $0) }
        }
        func ceiling(_ text: String, _ path: String) -> LeaseSubject.Limit<MemoryCeiling>? {
            MemoryCeiling(text).map { LeaseSubject.Limit(path: path, text: text, value: $0) }
        }
        return LeaseSubject(
            containerID: "c1", podUID: "p1",
            cpu: quota(cpu ?? (version == .one ? "100000\n" : "100000 100000\n"), "pod/c/cpu"),
            podCPU: quota(podCPU ?? (version == .one ? "200000\n" : "200000 100000\n"), "pod/cpu"),
            memory: ceiling(memory, "pod/c/memory"), podMemory: ceiling(podMemory, "pod/memory"), recentCores: 0.1,
            workingSetBytes: 64 * mebibyte, usageBytes: 80 * mebibyte)
    }

    private func plan(
        cores: Double? = nil, memory: UInt64? = nil, of subject: LeaseSubject = subject()
    ) throws(LeaseRefusal) -> LeasePlan {
        try LeasePlan(
            LeaseRequest(
                id: LeaseID(rawValue: 1), containerID: "c1", cpuCores: cores, memoryBytes: memory,
                durationNanoseconds: 1),
            of: subject, settings: Self.settings, pageBytes: 4_096)
    }

    private func refusal(cores: Double? = nil, memory: UInt64? = nil, of subject: LeaseSubject = subject()) -> String? {
        do throws(LeaseRefusal) {
            _ = try plan(cores: cores, memory: memory, of: subject)
            return nil
        } catch {
            return error.sentence
        }
    }

    @Test func `a lowered limit changes the container's group alone`() throws {
        let plan = try plan(cores: 0.5, memory: 128 * Self.mebibyte)
        #expect(
            plan.changes == [
                LimitChange(path: "pod/c/cpu", previous: "100000 100000\n", granted: "50000 100000\n"),
                LimitChange(path: "pod/c/memory", previous: "268435456\n", granted: "134217728\n"),
            ])
        #expect(plan.loweredCores == 0.5 && plan.loweredBytes == 128 * Self.mebibyte && !plan.raisesPod)
    }

    @Test func `a limit lowered from none goes back to none`() throws {
        let one = try plan(cores: 0.5, of: Self.subject(.one, cpu: "-1\n"))
        #expect(one.changes == [LimitChange(path: "pod/c/cpu", previous: "-1\n", granted: "50000\n")])
        #expect(one.loweredCores == 0.5)
        let two = try plan(
            cores: 4, memory: 1 << 30, of: Self.subject(.two, cpu: "max 100000\n", memory: "max\n", podMemory: "max\n"))
        #expect(two.changes.map(\.previous) == ["max 100000\n", "max\n"])
        #expect(two.loweredCores == 4 && two.loweredBytes == 1 << 30)
    }

    @Test func `a raised limit raises the pod's by as much, and first`() throws {
        let plan = try plan(cores: 1.5, memory: 300 * Self.mebibyte)
        #expect(
            plan.changes == [
                LimitChange(path: "pod/cpu", previous: "200000 100000\n", granted: "250000 100000\n"),
                LimitChange(path: "pod/c/cpu", previous: "100000 100000\n", granted: "150000 100000\n"),
                LimitChange(path: "pod/memory", previous: "536870912\n", granted: "583008256\n"),
                LimitChange(path: "pod/c/memory", previous: "268435456\n", granted: "314572800\n"),
            ])
        #expect(plan.loweredCores == nil && plan.loweredBytes == nil && plan.raisesPod)
    }

    @Test func `a pod without limits of its own is left alone`() throws {
        let plan = try plan(
            cores: 1.5, memory: 300 * Self.mebibyte,
            of: Self.subject(.one, podCPU: "-1\n", podMemory: "9223372036854771712\n"))
        #expect(plan.changes.map(\.path) == ["pod/c/cpu", "pod/c/memory"])
        #expect(!plan.raisesPod)
    }

    @Test func `a memory limit has whole pages`() throws {
        #expect(try plan(memory: 128 * Self.mebibyte + 4_095).changes.map(\.granted) == ["134217728\n"])
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let what: String
        var cores: Double?
        var memory: UInt64?
        var change: @Sendable (inout LeaseSubject) -> Void = { _ in }
        let says: String
        var testDescription: String { what }
    }

    static let refused: [Refused] = [
        Refused(what: "nothing asked for", says: "at least one"),
        Refused(what: "no CPU limit to read", cores: 0.5, change: { $0.cpu = nil }, says: "cannot be read"),
        Refused(what: "less CPU than the kernel takes", cores: 0.009, says: "allowed is 0.01"),
        Refused(what: "no CPU at all", cores: 0, says: "allowed is 0.01"),
        Refused(what: "negative CPU", cores: -1, says: "allowed is 0.01"),
        Refused(what: "CPU that is no number", cores: .nan, says: "allowed is 0.01"),
        Refused(what: "endless CPU", cores: .infinity, says: "allowed is 0.01"),
        Refused(what: "the limit there is", cores: 1, says: "already"),
        Refused(what: "CPU near the present use", cores: 0.11, says: "too near"),
        Refused(what: "a pod's CPU limit unknown", cores: 2, change: { $0.podCPU = nil }, says: "pod cannot be read"),
        Refused(what: "no memory limit to read", memory: 1 << 28, change: { $0.memory = nil }, says: "cannot be read"),
        Refused(what: "less than a page", memory: 4_095, says: "a page or more"),
        Refused(what: "more memory than there can be", memory: 1 << 62, says: "not possible"),
        Refused(what: "the memory limit there is", memory: 256 << 20, says: "already"),
        Refused(what: "no room beside the working set", memory: 79 << 20, says: "working set is 67108864"),
        Refused(
            what: "a working set unknown", memory: 128 << 20, change: { $0.workingSetBytes = nil }, says: "working set"),
        Refused(what: "a use unknown", memory: 128 << 20, change: { $0.usageBytes = nil }, says: "working set"),
        Refused(
            what: "a working set above the share", memory: 200 << 20, change: { $0.workingSetBytes = 181 << 20 },
            says: "share of 0.9"),
        Refused(
            what: "a working set at the end of its range", memory: 200 << 20, change: { $0.workingSetBytes = .max },
            says: "working set"),
        Refused(
            what: "too much page cache to reclaim", memory: 100 << 20, change: { $0.usageBytes = 133 << 20 },
            says: "page cache reclaimed at once"),
        Refused(
            what: "a pod's memory limit unknown", memory: 300 << 20, change: { $0.podMemory = nil }, says: "pod cannot"),
    ]

    @Test(arguments: refused)
    func `what is not possible is refused with a sentence`(_ expected: Refused) {
        var subject = Self.subject()
        expected.change(&subject)
        let sentence = refusal(cores: expected.cores, memory: expected.memory, of: subject)
        #expect(sentence?.contains(expected.says) == true, "\(sentence ?? "granted")")
    }

    @Test func `what is just possible is granted`() {
        #expect(refusal(cores: 0.112) == nil)
        #expect(refusal(memory: 80 * Self.mebibyte) == nil)
        var subject = Self.subject()
        subject.usageBytes = 132 << 20
        #expect(refusal(memory: 100 << 20, of: subject) == nil)
        subject.recentCores = nil
        #expect(refusal(cores: 0.01, of: subject) == nil)
    }
}
