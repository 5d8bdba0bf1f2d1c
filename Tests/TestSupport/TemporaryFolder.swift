import Foundation

/// A folder of its own that goes with the value.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: String

    /// A new, empty folder.
    public init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a file with these contents and mode, in place of one of its name, which readers see whole or not at all.
    public func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let file = "\(path)/\(name)"
        let staged = "\(path)/.\(name).new"
        try Data(text.utf8).write(to: URL(fileURLWithPath: staged))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: staged)
        guard rename(staged, file) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    /// The bytes of a file.
    public func bytes(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }
}
