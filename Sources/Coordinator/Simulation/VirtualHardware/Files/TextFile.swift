#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A text file that is written again and again, without opening it each time.
final class TextFile {
    private let descriptor: Int32
    private var length = 0
    private var text = ""

    /// Creates the file `path` under the root of `files`, its folders made as needed.
    init(_ path: String, in files: TreeFiles) throws(VirtualTreeError) {
        try files.makeFolder(ofFile: path)
        let full = "\(files.root)/\(path)"
        descriptor = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw VirtualTreeError(action: "create", path: full, number: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Makes `next` and a line end the file's contents. What cannot be written, on a full disk, stays as it was: the
    /// hardware goes on, and its next step tries again.
    func write(_ next: String) {
        guard next != text else { return }
        var line = next + "\n"
        let isWritten = line.withUTF8 { bytes in
            guard pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count else { return false }
            defer { length = bytes.count }
            return bytes.count >= length || ftruncate(descriptor, off_t(bytes.count)) == 0
        }
        text = isWritten ? next : ""
    }
}
