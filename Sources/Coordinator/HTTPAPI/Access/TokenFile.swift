import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A token in a file of one line, read again when the file changes.
final class TokenFile: Sendable {
    /// Characters of a token: fewer could be guessed at the rate at which requests are answered.
    static let lengths = 16...4_096

    /// What tells one state of a file from another.
    private struct Stamp: Hashable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private struct State {
        var stamp: Stamp
        var token: Result<[UInt8], TokenError>
    }

    private let path: String
    private let state: Mutex<State>

    /// The token in the file at `path`. Throws `TokenError` when there is none to be had.
    init(path: String) throws(TokenError) {
        self.path = path
        let stamp = try Self.stamp(of: path)
        let token = try Self.read(path)
        state = Mutex(State(stamp: stamp, token: .success(token)))
    }

    /// The token as the file has it now. Throws `TokenError` while it has none; nobody has it then.
    func token() throws(TokenError) -> [UInt8] {
        let stamp = try Self.stamp(of: path)
        return try state.withLock { state in
            if state.stamp != stamp {
                state.stamp = stamp
                state.token = Result { () throws(TokenError) in try Self.read(path) }
            }
            return state.token
        }.get()
    }

    private static func stamp(of path: String) throws(TokenError) -> Stamp {
        var status = stat()
        guard stat(path, &status) == 0 else { throw TokenError("\(path) cannot be read: \(reason(errno))") }
        guard status.st_mode & S_IROTH == 0 else {
            throw TokenError("\(path) can be read by everybody: take that right away, as chmod o-r does")
        }
        return Stamp(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    private static func read(_ path: String) throws(TokenError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TokenError("\(path) cannot be read: \(reason(errno))") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: lengths.upperBound + 2)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { pread(descriptor, $0 + count, buffer.count - count, off_t(count)) } ?? 0
            }
            guard more >= 0 else { throw TokenError("\(path) cannot be read: \(reason(errno))") }
            guard more > 0 else { break }
            count += more
        }
        var token = bytes.prefix(count)
        while let last = token.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { token.removeLast() }
        guard lengths.contains(token.count), token.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw TokenError(
                "\(path) has no token: allowed is one line of \(lengths.lowerBound) to \(lengths.upperBound) visible ASCII "
                    + "characters")
        }
        return Array(token)
    }

    private static func reason(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}

/// Why there is no token, in one sentence that shows nothing of it.
struct TokenError: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ sentence: String) { description = sentence }
}
