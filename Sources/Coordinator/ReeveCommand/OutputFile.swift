import CommandShell
import Foundation

/// Writes what a command made to where its option says.
enum OutputFile {
    /// Writes `value` as JSON with sorted keys to the file `path`, or to standard output for "-". Throws `CommandFailure`.
    static func write(json value: some Encodable, to path: String) throws(CommandFailure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let text: String
        do {
            text = String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw .failed("the result cannot be written as JSON: \(error)")
        }
        try write(text + "\n", to: path)
    }

    /// Writes the only one of `results` as JSON, or several as a list. Throws `CommandFailure`.
    static func write(jsonOf results: [some Encodable], to path: String) throws(CommandFailure) {
        if results.count == 1 {
            try write(json: results[0], to: path)
        } else {
            try write(json: results, to: path)
        }
    }

    /// Writes `text` to the file `path`, whose folder is made when it is not there, or to standard output for "-".
    /// Throws `CommandFailure`.
    static func write(_ text: String, to path: String) throws(CommandFailure) {
        guard path != "-" else {
            print(text, terminator: "")
            return
        }
        try write(bytes: Array(text.utf8), to: path)
    }

    /// Writes `bytes` to the file `path`, whose folder is made when it is not there. Throws `CommandFailure`.
    static func write(bytes: [UInt8], to path: String) throws(CommandFailure) {
        do {
            let url = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url, options: .atomic)
        } catch {
            throw .failed("\(path) cannot be written: \(error)")
        }
    }
}
