import Foundation

/// A program from outside that a test runs.
enum Tool {
    /// Whether tests against real programs are to run; `make test-integrations` installs them first.
    static var areWanted: Bool { ProcessInfo.processInfo.environment["REEVE_TEST_INTEGRATIONS"] == "1" }

    /// The package's folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Runs `program` to its end with `input` on its standard input; returns its exit code and all that it said.
    static func run(
        _ program: String, _ arguments: [String], input: String = ""
    ) async throws -> (code: Int32, output: String) {
        try await onThread { try runToEnd(program, arguments, input: input) }
    }

    private static func runToEnd(
        _ program: String, _ arguments: [String], input: String
    ) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let (stdin, output) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
}
