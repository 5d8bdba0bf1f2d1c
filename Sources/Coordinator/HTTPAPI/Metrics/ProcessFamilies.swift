#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The coordinator's process, under the names that Prometheus' client libraries have for it.
enum ProcessFamilies {
    static func families(version: String) -> [MetricFamily] {
        [
            .gauge(
                "reeve_build_info", "Always 1; the version is a label.",
                by: [.init(labels: [("version", version)], value: 1)]),
            .counter("process_cpu_seconds_total", "Processor time used.", processorSeconds),
            .gauge("process_start_time_seconds", "When the process started, since 1970.", startSeconds),
            .gauge("process_resident_memory_bytes", "Resident memory, shared libraries included.", residentBytes),
            .gauge("process_open_fds", "Open files and sockets.", openDescriptors),
            .gauge("process_max_fds", "How many there may be.", mostDescriptors),
        ]
    }

    private static var processorSeconds: Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The second field of /proc/self/statm, in pages (proc(5)).
    private static var residentBytes: Double? {
        let fields = text(of: "/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The boot's time and field 22 of /proc/self/stat, in ticks since then (proc(5)). The second field may hold anything,
    /// so that fields are counted from its end.
    private static var startSeconds: Double? {
        let stat = text(of: "/proc/self/stat")
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[end...].split(separator: " ")
        guard fields.count > 20, let ticks = Double(fields[20]) else { return nil }
        var (wall, boot) = (timespec(), timespec())
        guard clock_gettime(CLOCK_REALTIME, &wall) == 0, clock_gettime(CLOCK_BOOTTIME, &boot) == 0 else { return nil }
        let bootSeconds = Double(wall.tv_sec - boot.tv_sec) + Double(wall.tv_nsec - boot.tv_nsec) * 1e-9
        return bootSeconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static var openDescriptors: Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // The folder itself, its parent, and the descriptor that reads it.
        return Double(max(count - 3, 0))
    }

    private static var mostDescriptors: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    /// The beginning of a small file; empty where it cannot be read.
    private static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}
