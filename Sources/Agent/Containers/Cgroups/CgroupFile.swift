#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Memory that files are read into, used over and over by one thread.
final class ReadBuffer {
    /// `memory.stat`, the longest file read, takes less than 2 KiB; what exceeds the buffer is left unread.
    private static let bytes = 16_384

    fileprivate let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: ReadBuffer.bytes, alignment: 16)

    deinit { memory.deallocate() }
}

/// A file of a control group, kept open. Not Sendable: it belongs to the thread that samples.
final class CgroupFile {
    private let descriptor: Int32

    /// Opens `path` for reading; nil when that is not possible.
    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The file's text now, valid until the buffer's next use; nil when it cannot be read, as when the group is gone
    /// (ENODEV).
    func text(in buffer: ReadBuffer) -> UnsafeRawBufferPointer? {
        while true {
            let count = pread(descriptor, buffer.memory.baseAddress, buffer.memory.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            return UnsafeRawBufferPointer(rebasing: buffer.memory[..<count])
        }
    }
}
