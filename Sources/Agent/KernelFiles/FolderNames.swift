#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Reads the names in folders.
public enum FolderNames {
    /// Calls `body` with each name in the folder `path` and whether it is a folder itself; false when the folder cannot
    /// be read. Hidden names are left out.
    @discardableResult
    public static func visit(_ path: String, _ body: (_ name: String, _ isFolder: Bool) -> Void) -> Bool {
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            guard entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) else { continue }
            let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
            // d_name is a C string within its array; the name is decoded, so one that is not UTF-8 matches nothing.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
                    String(cString: $0)
                }
            }
            body(name, isFolder)
        }
        return true
    }

    /// When the folder's entries last changed; nil when it is not there.
    public static func changedAt(_ path: String) -> FolderTime? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FolderTime(seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    /// The folder's number of links, two more than it has folders; nil when it is not there.
    public static func links(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Int(status.st_nlink)
    }
}

/// A file system's time stamp: only ever compared with another for being the same.
public struct FolderTime: Hashable, Sendable {
    private let seconds, nanoseconds: Int

    fileprivate init(seconds: Int, nanoseconds: Int) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}
