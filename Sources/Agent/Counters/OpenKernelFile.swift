#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file of procfs or sysfs that is read again and again: it stays open, and its text goes into one buffer.
final class OpenKernelFile {
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer

    /// Opens `path`, of which at most `capacity` bytes are wanted; nil when it cannot be opened.
    init?(_ path: String, capacity: Int) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        buffer = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Calls `body` with the file's text now, as far as it fits; nil when it cannot be read.
    func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            return count < 0 ? nil : body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The number that the file begins with.
    func number() -> UInt64? {
        withText { text in
            var scanner = ByteScanner(text)
            return scanner.number()
        } ?? nil
    }
}
