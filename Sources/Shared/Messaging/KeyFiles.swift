#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// CURVE keys on disk: `NAME.key` holds a secret half and is readable by its owner alone, `NAME.pub` holds the public
/// half. Each is the key's Z85 text and a newline.
public enum KeyFiles {
    /// The ending of a file with a secret key.
    public static let secretSuffix = ".key"
    /// The ending of a file with a public key.
    public static let publicSuffix = ".pub"

    /// Reads the pair whose secret half is in the file at `path`. Throws `MessagingError` when the file cannot be read,
    /// holds no key, or may be read by others than its owner and group.
    public static func readPair(secretAt path: String) throws(MessagingError) -> CurveKeyPair {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .system("reading secret key", on: path, errno: errno) }
        guard status.st_mode & 0o007 == 0 else {
            throw MessagingError(
                .key, "secret key \(path) may be read by everybody: allowed is its owner and group (chmod 0640 or 0600)")
        }
        let text = try readText(at: path)
        do {
            return try CurveKeyPair(secretText: text)
        } catch {
            throw MessagingError(.key, "\(path): \(error.description)")
        }
    }

    /// Reads the public key in the file at `path`. Throws `MessagingError` when it cannot be read or holds no key.
    public static func readPublicKey(at path: String) throws(MessagingError) -> CurvePublicKey {
        let text = try readText(at: path)
        do {
            return try CurvePublicKey(text: text)
        } catch {
            throw MessagingError(.key, "\(path): \(error.description)")
        }
    }

    /// Writes `pair` as `NAME.key` (mode 0600) and `NAME.pub` into `folder`. Throws `MessagingError` when either is
    /// there already: a key is never overwritten.
    public static func write(_ pair: CurveKeyPair, name: String, in folder: String) throws(MessagingError) {
        try writeNew(pair.secretText, to: "\(folder)/\(name)\(secretSuffix)", mode: 0o600)
        do {
            try writeNew(pair.publicKey.text, to: "\(folder)/\(name)\(publicSuffix)", mode: 0o644)
        } catch {
            // Half a pair would block the next attempt.
            unlink("\(folder)/\(name)\(secretSuffix)")
            throw error
        }
    }

    /// Writes `key` as `NAME.pub` into `folder`, in one step, replacing the name's earlier key if there is one.
    public static func allow(_ key: CurvePublicKey, name: String, in folder: String) throws(MessagingError) {
        let path = "\(folder)/\(name)\(publicSuffix)"
        let draft = "\(folder)/.\(name)\(publicSuffix).new"
        unlink(draft)
        try writeNew(key.text, to: draft, mode: 0o644)
        guard rename(draft, path) == 0 else { throw .system("renaming to", on: path, errno: errno) }
    }

    /// Takes `NAME.pub` out of `folder`; throws `MessagingError` when it is not there.
    public static func revoke(name: String, in folder: String) throws(MessagingError) {
        let path = "\(folder)/\(name)\(publicSuffix)"
        guard unlink(path) == 0 else { throw .system("removing", on: path, errno: errno) }
    }

    private static func readText(at path: String) throws(MessagingError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("opening", on: path, errno: errno) }
        defer { close(descriptor) }
        // A key file is 41 bytes; whatever is longer than this buffer is none.
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .system("reading", on: path, errno: errno) }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        return String(text.prefix { !$0.isWhitespace })
    }

    private static func writeNew(_ text: String, to path: String, mode: mode_t) throws(MessagingError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system("creating", on: path, errno: errno) }
        let line = Array("\(text)\n".utf8)
        let written = systemWrite(descriptor, line, line.count)
        let failure = errno
        let closed = close(descriptor)
        guard written == line.count, closed == 0 else {
            unlink(path)
            throw .system("writing", on: path, errno: written < 0 ? failure : ENOSPC)
        }
    }
}

/// write(2); inside the enum the name means the method.
private func systemWrite(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
