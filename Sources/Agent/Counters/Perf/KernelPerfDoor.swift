import CLinux

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The kernel's performance events through perf_event_open(2), ioctl(2), read(2) and close(2).
final class KernelPerfDoor: PerfDoor {
    func open(
        _ event: PerfEventCode, cpu: Int, leader: PerfHandle?, flags: PerfOpenFlags
    ) throws(PerfErrno) -> PerfHandle {
        let descriptor = reeve_perf_event_open(
            event.type, event.config, event.config1, event.config2, Int32(truncatingIfNeeded: cpu),
            leader?.rawValue ?? -1, flags.rawValue)
        guard descriptor >= 0 else { throw PerfErrno(number: errno) }
        return PerfHandle(rawValue: descriptor)
    }

    func enable(_ leader: PerfHandle) throws(PerfErrno) {
        guard reeve_perf_event_enable(leader.rawValue) == 0 else { throw PerfErrno(number: errno) }
    }

    func read(_ leader: PerfHandle, into words: inout [UInt64]) throws(PerfErrno) -> Int {
        while true {
            let count = words.withUnsafeMutableBytes { Self.read(leader.rawValue, $0) }
            if count >= 0 { return count }
            guard errno == EINTR else { throw PerfErrno(number: errno) }
        }
    }

    func close(_ handle: PerfHandle) { Self.close(handle.rawValue) }

    private static func read(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, bytes.baseAddress, bytes.count)
        #else
            Musl.read(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Musl.close(descriptor)
        #endif
    }
}
