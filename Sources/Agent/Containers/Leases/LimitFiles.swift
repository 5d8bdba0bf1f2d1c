import KernelFiles

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The door to the kernel's files of limits: `KernelLimitFiles` is the real one, tests script every fault with another.
protocol LimitFiles: AnyObject {
    /// The file's text; throws `LimitFileError` when it cannot be read.
    func read(_ path: String) throws(LimitFileError) -> String
    /// Has the file take `text`; throws `LimitFileError` when it does not.
    func write(_ text: String, to path: String) throws(LimitFileError)
}

/// A file of limits that cannot be read or written.
struct LimitFileError: Error, Hashable, Sendable, CustomStringConvertible {
    let operation: String
    let path: String
    let number: Int32

    /// Whether the group is gone: its file is not there (ENOENT) or no longer answers (ENODEV).
    var meansGone: Bool { number == ENOENT || number == ENODEV }

    var description: String { "\(operation) \(path) failed: \(String(cString: strerror(number)))" }
}

/// The names that files of limits have, in both versions.
let limitFileNames: Set<String> = ["cpu.cfs_quota_us", "cpu.max", "memory.limit_in_bytes", "memory.max"]

/// The files themselves.
final class KernelLimitFiles: LimitFiles {
    func read(_ path: String) throws(LimitFileError) -> String {
        guard let text = FileText.contents(path) else {
            throw LimitFileError(operation: "reading", path: path, number: errno)
        }
        return text
    }

    func write(_ text: String, to path: String) throws(LimitFileError) {
        // Opened without O_CREAT: a group that is gone must not become a file.
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw LimitFileError(operation: "opening", path: path, number: errno) }
        let isWritten = FileText.writeAll(text, to: descriptor)
        let number = errno
        close(descriptor)
        guard isWritten else { throw LimitFileError(operation: "writing", path: path, number: number) }
    }
}
