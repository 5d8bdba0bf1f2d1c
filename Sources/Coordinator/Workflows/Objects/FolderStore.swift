import Foundation

/// An object store in a folder, which functions on the same machine, or on a shared file system, read and write too.
public struct FolderStore: ObjectStore {
    private let folder: URL

    /// A store in the folder at `path`, which is made when it is missing. Throws `WorkflowError.unreachable` when that
    /// is not possible.
    public init(path: String) throws(WorkflowError) {
        folder = URL(filePath: path, directoryHint: .isDirectory)
        try Self.attempt("the object store in \(path) cannot be made") {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
    }

    /// Keeps `bytes` in a file, written beside its place and then moved there.
    public func put(_ bytes: [UInt8], as name: ObjectName) async throws(WorkflowError) {
        let file = folder.appending(path: name.description)
        try Self.attempt("object \(name) cannot be kept in \(folder.path)") {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file, options: .atomic)
        }
    }

    /// The bytes of the file; nil when there is none.
    public func get(_ name: ObjectName) async throws(WorkflowError) -> [UInt8]? {
        let file = folder.appending(path: name.description)
        return try Self.attempt("object \(name) cannot be read in \(folder.path)") {
            do {
                return Array(try Data(contentsOf: file))
            } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
                return nil
            }
        }
    }

    /// Removes the run's folder.
    public func removeAll(of run: RunID) async throws(WorkflowError) {
        // A run's id is a name too, or there could be nothing of it.
        _ = try ObjectName(run: run, path: "all")
        let place = folder.appending(path: run.rawValue)
        try Self.attempt("the objects of run \(run) cannot be removed from \(folder.path)") {
            do {
                try FileManager.default.removeItem(at: place)
            } catch let error as CocoaError where error.code == .fileNoSuchFile {}
        }
    }

    @discardableResult
    private static func attempt<Result>(_ what: String, _ work: () throws -> Result) throws(WorkflowError) -> Result {
        do {
            return try work()
        } catch {
            throw WorkflowError(.unreachable, "\(what): \((error as NSError).localizedDescription)")
        }
    }
}
