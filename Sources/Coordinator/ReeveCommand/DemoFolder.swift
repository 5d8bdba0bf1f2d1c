import CommandShell
import Foundation
import Synchronization

/// The folder that a demo works in: one given by the user stays, a temporary one goes when the demo has succeeded.
final class DemoFolder: Sendable {
    /// Where it is.
    let path: String
    private let isTemporary: Mutex<Bool>

    /// The most that the path may have, so that the sockets in it fit into `sun_path` (unix(7): 108 bytes with the end).
    private static let longestPath = 95

    /// Makes `given` or a new temporary folder. Throws `CommandFailure` when it holds something already, when its path is
    /// too long for a socket, or when it cannot be made.
    init(_ given: String?) throws(CommandFailure) {
        let files = FileManager.default
        let temporary = files.temporaryDirectory.appendingPathComponent("reeve-demo-\(UUID().uuidString.prefix(8))").path
        path = given.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? temporary
        isTemporary = Mutex(given == nil)
        guard path.utf8.count <= Self.longestPath else {
            throw .badConfiguration("the folder \(path) has too long a name: allowed are \(Self.longestPath) bytes")
        }
        do {
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard try files.contentsOfDirectory(atPath: path).isEmpty else {
                throw CommandFailure.badConfiguration("--folder \(path) holds something already: allowed is an empty or a new folder")
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .failed("the folder \(path) cannot be made: \(error)")
        }
    }

    /// Lets a temporary folder stay too, for its logs.
    func keep() { isTemporary.withLock { $0 = false } }

    /// Removes a temporary folder.
    func remove() {
        guard isTemporary.withLock({ $0 }) else { return }
        // What cannot be removed is left to the system's own cleaning of temporary files.
        try? FileManager.default.removeItem(atPath: path)
    }
}
