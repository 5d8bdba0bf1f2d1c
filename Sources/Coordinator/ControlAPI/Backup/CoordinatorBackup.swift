import FoundationEssentials
import Learning
import Store

/// What a coordinator keeps, in a folder of its own: journal, history and learner, as far as its configuration has them, each
/// whole and as it was at one moment. Keys and tokens are not in it: a backup need not be kept as a secret for their sake.
public struct CoordinatorBackup {
    /// One file of it.
    public struct Part: Hashable, Sendable, Codable {
        /// What the file is.
        public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
            case journal, history, learner

            /// Its name in the folder.
            public var fileName: String {
                switch self {
                case .journal, .history: "\(rawValue).sqlite"
                case .learner: "learner.checkpoint"
                }
            }
        }

        /// What it is.
        public var kind: Kind
        /// Where it was.
        public var path: String
    }

    /// What stands in the folder's `manifest.json`.
    public struct Manifest: Hashable, Sendable, Codable {
        /// The form of the backup; this version reads and writes 1.
        public var form = 1
        /// The version of reeve that made it.
        public var version: String
        /// When it was begun, in seconds since 1970.
        public var takenAtUnixSeconds: Double
        /// Its files.
        public var parts: [Part]
    }

    private static let manifestName = "manifest.json"
    private let folder: URL
    private let parts: [Part]

    /// The backup in `folder` of the coordinator that `configuration` describes. Throws `BackupError` where it keeps nothing.
    public init(folder: String, of configuration: CoordinatorConfiguration) throws(BackupError) {
        self.folder = URL(filePath: folder, directoryHint: .isDirectory)
        var parts: [Part] = []
        if let store = configuration.store {
            parts.append(Part(kind: .journal, path: store.journalPath))
            if let history = store.history { parts.append(Part(kind: .history, path: history.path)) }
        }
        if let placement = configuration.placement { parts.append(Part(kind: .learner, path: placement.checkpointPath)) }
        guard !parts.isEmpty else {
            throw BackupError("the configuration has neither a section store nor a section placement: nothing is kept")
        }
        self.parts = parts
    }

    /// Writes what there is into the folder, which must be new or empty, beside a running coordinator. Files that are not
    /// there yet are left out. Returns what was written; throws `BackupError`, `StoreError` and what the file system throws.
    public func write(version: String, at unixSeconds: Double) throws -> Manifest {
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        guard try files.contentsOfDirectory(atPath: folder.path).isEmpty else {
            throw BackupError("\(folder.path) is not empty: a backup is written into a new or an empty folder")
        }
        let there = parts.filter { files.fileExists(atPath: $0.path) }
        guard !there.isEmpty else {
            let looked = parts.map(\.path).joined(separator: ", ")
            throw BackupError("there is nothing to back up yet: none of \(looked) is there")
        }
        for part in there {
            let target = folder.appending(path: part.kind.fileName)
            switch part.kind {
            case .journal, .history: try DatabaseFile.copy(from: part.path, to: target.path)
            case .learner:
                // The newest that holds together, in one read: a checkpoint is exchanged by renaming.
                try Data(CheckpointStore(path: part.path).load().checkpoint.encoded()).write(to: target)
            }
        }
        let manifest = Manifest(version: version, takenAtUnixSeconds: unixSeconds, parts: there)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        // Last: a folder without it is a backup that did not come to its end.
        try encoder.encode(manifest).write(to: folder.appending(path: Self.manifestName), options: .atomic)
        return manifest
    }

    /// Looks whether the folder holds a whole backup and each file of it holds together; returns what it holds. Throws
    /// `BackupError`, `StoreError` and `LearningError`.
    public func verify() throws -> Manifest {
        let path = folder.appending(path: Self.manifestName).path
        guard let json = FileManager.default.contents(atPath: path) else {
            throw BackupError("\(path) cannot be read: \(folder.path) is not a backup that came to its end")
        }
        let manifest: Manifest
        do {
            manifest = try JSONDecoder().decode(Manifest.self, from: json)
        } catch {
            throw BackupError("\(path) is not a backup's manifest: \(error)")
        }
        guard manifest.form == 1 else { throw BackupError("\(path) is of form \(manifest.form): allowed here is 1") }
        for part in manifest.parts {
            let file = folder.appending(path: part.kind.fileName).path
            switch part.kind {
            case .journal, .history: try DatabaseFile.check(file)
            case .learner:
                guard let bytes = FileManager.default.contents(atPath: file) else { throw BackupError("\(file) cannot be read") }
                _ = try Checkpoint(bytes: [UInt8](bytes))
            }
        }
        return manifest
    }

    /// Puts a backup that `verify` has accepted where the configuration wants its files. What stands there is kept beside
    /// it, with `.before-` and the time behind its name. Throws `BackupError` while a coordinator uses the files, or where
    /// the configuration has no place for one of them; nothing has been changed then.
    public func restore(_ manifest: Manifest, at unixSeconds: Double) throws {
        var moves: [(from: String, to: String)] = []
        for part in manifest.parts {
            guard let place = parts.first(where: { $0.kind == part.kind }) else {
                throw BackupError("the backup holds a \(part.kind.rawValue), and the configuration has no place for one")
            }
            if part.kind != .learner, FileManager.default.fileExists(atPath: place.path), try DatabaseFile.isInUse(place.path) {
                throw BackupError("\(place.path) is in use: stop the coordinator first")
            }
            moves.append((folder.appending(path: part.kind.fileName).path, place.path))
        }
        for move in moves { try put(move.from, at: move.to, suffix: ".before-\(Int64(unixSeconds))") }
    }

    /// Copies `source` beside `target` under another name first, so that what stands at `target` is whole at any time.
    private func put(_ source: String, at target: String, suffix: String) throws {
        let files = FileManager.default
        let arriving = target + ".arriving"
        let owner = try files.attributesOfItem(atPath: URL(filePath: target).deletingLastPathComponent().path)
        if files.fileExists(atPath: arriving) { try files.removeItem(atPath: arriving) }
        try files.copyItem(atPath: source, toPath: arriving)
        // Root restores for the user that the coordinator runs as, to whom the folder belongs.
        try files.setAttributes(
            owner.filter { [.ownerAccountID, .groupOwnerAccountID].contains($0.key) }, ofItemAtPath: arriving)
        // A database's log belongs to it, and must not be found by another; an older checkpoint must not be, either.
        for ending in ["", "-wal", "-shm", ".previous"] where files.fileExists(atPath: target + ending) {
            try files.moveItem(atPath: target + ending, toPath: target + suffix + ending)
        }
        try files.moveItem(atPath: arriving, toPath: target)
    }
}

/// Why there is no backup, or why it is not restored, in one sentence.
public struct BackupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ sentence: String) { description = sentence }
}
