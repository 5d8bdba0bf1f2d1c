#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Memory that files are read into, used over and over by one thread.
public final class ReadBuffer {
    fileprivate let memory: UnsafeMutableRawBufferPointer

    /// Room for `byteCount` bytes; of a file that is longer the rest is left unread.
    public init(byteCount: Int) { memory = .allocate(byteCount: byteCount, alignment: 16) }

    deinit { memory.deallocate() }
}

/// A file of procfs, sysfs or a control group that is read again and again and stays open for it. Not Sendable: it
/// belongs to the thread that samples.
public final class KernelFile {
    private let descriptor: Int32

    /// Opens `path` for reading; nil with errno when that is not possible.
    public init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The file's text now, as far as it fits into `buffer` and valid until that is used again; nil when it cannot be
    /// read, as when a control group is gone (ENODEV).
    public func text(in buffer: ReadBuffer) -> UnsafeRawBufferPointer? {
        while true {
            let count = pread(descriptor, buffer.memory.baseAddress, buffer.memory.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            return UnsafeRawBufferPointer(rebasing: buffer.memory[..<count])
        }
    }

    /// The number that the file begins with; nil when it cannot be read or begins with none.
    public func number(in buffer: ReadBuffer) -> UInt64? {
        guard let text = text(in: buffer) else { return nil }
        var scanner = ByteScanner(text)
        return scanner.number()
    }
}
