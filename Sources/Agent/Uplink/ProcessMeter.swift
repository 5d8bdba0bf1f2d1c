import Measures

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What the agent's process has used so far.
struct ProcessCost: Hashable, Sendable {
    /// Processor time of all threads, in seconds.
    var cpuSeconds: Double
    /// Resident memory in bytes; nil where the kernel does not tell.
    var residentBytes: Double?
}

/// Reads what this process uses. Keeps its file open, and reads memory, which moves slowly, once a second at most: it
/// costs as much as three registers.
final class ProcessMeter {
    private static let memoryNanoseconds: UInt64 = 1_000_000_000

    private let statm: Int32
    private let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
    private var memory: (residentBytes: Double?, readAt: MonotonicInstant)?

    /// `statm` is the kernel's file of this process's memory, in pages (proc_pid_statm(5)).
    init(statm path: String = "/proc/self/statm") {
        statm = open(path, O_RDONLY | O_CLOEXEC)
    }

    deinit {
        if statm >= 0 { close(statm) }
    }

    /// What was used until `now` (clock_gettime(CLOCK_PROCESS_CPUTIME_ID), the second number of statm).
    func read(now: MonotonicInstant) -> ProcessCost {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return ProcessCost(
            cpuSeconds: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9,
            residentBytes: residentBytes(now))
    }

    private func residentBytes(_ now: MonotonicInstant) -> Double? {
        if let memory, now.nanoseconds(since: memory.readAt) < Self.memoryNanoseconds { return memory.residentBytes }
        let bytes = residentPages().map { Double($0) * pageBytes }
        memory = (bytes, now)
        return bytes
    }

    private func residentPages() -> UInt64? {
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
            let count = pread(statm, buffer.baseAddress, buffer.count, 0)
            guard count > 0 else { return nil }
            let fields = buffer.prefix(count).split(separator: UInt8(ascii: " "), maxSplits: 2)
            return fields.count > 1 ? UInt64(String(decoding: fields[1], as: UTF8.self)) : nil
        }
    }
}
