@testable import Containers

/// The kernel's files with faults that a test sets, and a list of what was written.
final class FaultyFiles: LimitFiles {
    private let kernel = KernelLimitFiles()
    /// Error numbers by the end of the path.
    var writeFaults: [String: Int32] = [:]
    var readFaults: [String: Int32] = [:]
    /// What a file holds after a text was written to it, where it is not that text.
    var stubborn: [String: String] = [:]
    /// Called before each write.
    var beforeWrite: (String) -> Void = { _ in }
    private(set) var writes: [(path: String, text: String)] = []

    func read(_ path: String) throws(LimitFileError) -> String {
        if let number = readFaults.first(where: { path.hasSuffix($0.key) })?.value {
            throw LimitFileError(operation: "reading", path: path, number: number)
        }
        return try kernel.read(path)
    }

    func write(_ text: String, to path: String) throws(LimitFileError) {
        beforeWrite(path)
        if let number = writeFaults.first(where: { path.hasSuffix($0.key) })?.value {
            throw LimitFileError(operation: "writing", path: path, number: number)
        }
        writes.append((path, text))
        try kernel.write(stubborn[text] ?? text, to: path)
    }
}
