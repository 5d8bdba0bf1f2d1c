#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The public keys that may connect, by the name of the file each stands in.
public struct AllowList: Sendable {
    /// A line about each file that was passed over, for the log.
    public private(set) var rejectedFiles: [String] = []
    private var names: [String: CurvePublicKey] = [:]
    private var keys: [CurvePublicKey: String] = [:]
    /// Where the files are.
    let folder: String
    private var fingerprint: [String]?

    /// The keys in the `NAME.pub` files of `folder`. Throws `MessagingError` when the folder cannot be read.
    public init(folder: String) throws(MessagingError) {
        self.folder = folder
        _ = try refresh()
    }

    /// How many keys are allowed.
    public var count: Int { names.count }

    /// The name under which `key` is allowed, or nil.
    public func name(of key: CurvePublicKey) -> String? { keys[key] }

    /// Whether `name` is allowed, and with this very key: a connection made with a key that has been replaced since
    /// is no longer allowed.
    public func allows(name: String, key: String) -> Bool { names[name]?.text == key }

    /// Reads the folder again if anything in it has changed; returns whether it had. Throws `MessagingError` when the
    /// folder cannot be read; the list then stays as it was.
    public mutating func refresh() throws(MessagingError) -> Bool {
        let files = try listing()
        guard files != fingerprint else { return false }
        names = [:]
        keys = [:]
        rejectedFiles = []
        for file in files {
            let name = String(file.prefix { $0 != "/" }.dropLast(KeyFiles.publicSuffix.count))
            do {
                let key = try KeyFiles.readPublicKey(at: "\(folder)/\(name)\(KeyFiles.publicSuffix)")
                if let other = keys[key] {
                    rejectedFiles.append("\(name)\(KeyFiles.publicSuffix) holds the same key as \(other): each may stand once")
                    continue
                }
                names[name] = key
                keys[key] = name
            } catch {
                rejectedFiles.append(error.description)
            }
        }
        fingerprint = files
        return true
    }

    /// One line per key file, name first, that changes when the file does.
    private func listing() throws(MessagingError) -> [String] {
        guard let directory = opendir(folder) else { throw .system("reading allow-list folder", on: folder, errno: errno) }
        defer { closedir(directory) }
        var files: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(entry.pointee.d_reclen)) { String(cString: $0) }
            }
            guard name.hasSuffix(KeyFiles.publicSuffix), !name.hasPrefix(".") else { continue }
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0 else { continue }
            files.append("\(name)/\(status.st_ino)/\(status.st_size)/\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)")
        }
        return files.sorted()
    }
}
