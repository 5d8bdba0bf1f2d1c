public import HTTPClient

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

extension InfluxDestination.Credential {
    /// A line that is longer than this is no credential.
    private static let longestLine = 4_096

    /// What the file has now; nil where nobody in particular writes. Throws `CredentialError`.
    public func read() throws(CredentialError) -> HTTPCredential? {
        switch self {
        case .none: return nil
        case .token(let path): return .token(try Self.line(path))
        case .password(let path):
            let line = try Self.line(path)
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
                throw CredentialError("\(path) must have one line, USER:PASSWORD")
            }
            return .basic(user: String(line[..<colon]), password: String(line[line.index(after: colon)...]))
        }
    }

    private static func line(_ path: String) throws(CredentialError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CredentialError("\(path) cannot be read: \(reason(errno))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw CredentialError("\(path) cannot be read: \(reason(errno))") }
        guard status.st_mode & S_IROTH == 0 else {
            throw CredentialError("\(path) can be read by everybody: take that right away, as chmod o-r does")
        }
        var bytes = [UInt8](repeating: 0, count: longestLine + 2)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw CredentialError("\(path) cannot be read: \(reason(errno))") }
        var line = bytes.prefix(count)
        while let last = line.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { line.removeLast() }
        guard (1...longestLine).contains(line.count), line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw CredentialError("\(path) must have one line of at most \(longestLine) characters")
        }
        return String(decoding: line, as: UTF8.self)
    }

    private static func reason(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}

/// Why there is no credential, in one sentence that shows nothing of it.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ sentence: String) { description = sentence }
}
