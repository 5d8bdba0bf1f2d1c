/// One checkpoint file and the good one before it, `PATH` and `PATH.previous`.
///
/// Guarantee: whatever moment a save is cut off at, by a crash, a full disk or a failing call, at least one good
/// checkpoint stays if there was one before. A save that returned has reached the disk.
public struct CheckpointStore {
    /// Where the newest checkpoint lies.
    public let path: String
    private let files: any FileCalls

    /// A store at `path`, in a folder that exists.
    public init(path: String) {
        self.init(path: path, files: KernelFileCalls())
    }

    init(path: String, files: any FileCalls) {
        self.path = path
        self.files = files
    }

    private var previousPath: String { path + ".previous" }
    private var temporaryPath: String { path + ".temporary" }
    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes `checkpoint` the newest one: written beside the old one, brought to the disk, then renamed.
    ///
    /// - Throws: `LearningError` of code `storageFull` or `storageFailed`; the old checkpoint then still loads.
    public func save(_ checkpoint: Checkpoint) throws(LearningError) {
        do {
            try writeTemporary(checkpoint.encoded())
            // A damaged newest file must not push out the good previous one.
            if isGood(path) { try files.rename(path, to: previousPath) }
            try files.rename(temporaryPath, to: path)
            try files.synchronizeFolder(folder)
        } catch {
            // Only tidiness: a leftover is overwritten by the next save and never loaded.
            try? files.remove(temporaryPath)
            throw LearningError(
                error.isFull ? .storageFull : .storageFailed,
                "The checkpoint was not saved and the earlier one is kept: \(error.text).")
        }
    }

    private func writeTemporary(_ bytes: [UInt8]) throws(FileCallFailure) {
        let descriptor = try files.create(temporaryPath)
        do throws(FileCallFailure) {
            var written = 0
            while written < bytes.count {
                written += try files.write(descriptor, bytes[written...], temporaryPath)
            }
            try files.synchronize(descriptor, temporaryPath)
        } catch {
            try? files.close(descriptor, temporaryPath)
            throw error
        }
        try files.close(descriptor, temporaryPath)
    }

    private func isGood(_ path: String) -> Bool {
        guard let bytes = try? files.read(path) else { return false }
        return (try? Checkpoint.file.verify(bytes)) != nil
    }

    /// A checkpoint and where it came from.
    public struct Loaded: Sendable, Equatable {
        /// The checkpoint.
        public let checkpoint: Checkpoint
        /// Why the newest file was passed over for the previous one; nil when it was not.
        public let fallbackReason: LearningError?
    }

    /// The newest checkpoint, or the previous one when the newest is absent, damaged or cannot be read.
    ///
    /// - Throws: the newest file's `LearningError` when the previous one cannot serve either; code `absent` when
    ///   there is neither.
    public func load() throws(LearningError) -> Loaded {
        let reason: LearningError
        do {
            return Loaded(checkpoint: try load(path), fallbackReason: nil)
        } catch {
            reason = error
        }
        do {
            return Loaded(checkpoint: try load(previousPath), fallbackReason: reason)
        } catch {
            throw reason.code == .absent ? error : reason
        }
    }

    private func load(_ path: String) throws(LearningError) -> Checkpoint {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path)
        } catch {
            throw error.isAbsent
                ? LearningError(.absent, "There is no checkpoint at \(path).")
                : LearningError(.storageFailed, "The checkpoint cannot be read: \(error.text).")
        }
        do {
            return try Checkpoint(bytes: bytes)
        } catch {
            throw LearningError(error.code, "\(path): \(error.description)")
        }
    }
}
