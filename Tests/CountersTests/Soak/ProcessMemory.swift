import Foundation

/// What the present process has in memory.
enum ProcessMemory {
    /// Resident memory that is no file's, in bytes.
    static func ownBytes() throws -> Int {
        let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        let words = lines.first { $0.hasPrefix("RssAnon:") }?.split { " \t".contains($0) }
        guard let words, words.count > 1, let kilobytes = Int(words[1]) else { throw MissingField() }
        return kilobytes << 10
    }

    private struct MissingField: Error {}
}
