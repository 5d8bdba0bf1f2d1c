import Foundation
import Glibc

/// A small file system in memory, mounted for one test.
struct Tmpfs {
    private let path: String

    init(at path: String, bytes: Int) throws {
        guard mount("reeve-test", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
        }
        self.path = path
    }

    func unmount() { umount(path) }

    /// Whether this process may mount: root in a container may lack the right, so it is tried.
    static let canMount: Bool = {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)").path
        guard mkdir(path, 0o700) == 0 else { return false }
        defer { rmdir(path) }
        guard let tmpfs = try? Tmpfs(at: path, bytes: 4096) else { return false }
        tmpfs.unmount()
        return true
    }()
}
