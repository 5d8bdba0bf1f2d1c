import Foundation

/// One of the package's programs, run as a process of its own and ended with the test that started it.
final class Program: Sendable {
    private let process: Process
    private let errorFile: URL
    private let outputPipe = Pipe()

    /// Starts `name` from the folder that the tests themselves were built into.
    init(_ name: String, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = Program.folder.appendingPathComponent(name)
        process.arguments = arguments
        errorFile = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-stderr-\(UUID().uuidString)")
        try Data().write(to: errorFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        process.standardOutput = outputPipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: errorFile)
    }

    /// The folder of the built programs.
    static var folder: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// What the program has written to standard error so far.
    var standardError: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

    /// Whether the program has ended.
    var hasEnded: Bool { !process.isRunning }

    /// Sends `signal`.
    func send(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

    /// Ends the program at once (SIGKILL).
    func kill() {
        if process.isRunning { send(SIGKILL) }
    }

    /// Waits for the end; returns the exit code and what was written to standard output.
    func finish() -> (exitCode: Int32, output: String) {
        let output = outputPipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Runs `name` to its end.
    static func run(_ name: String, _ arguments: [String]) throws -> (exitCode: Int32, output: String, error: String) {
        let program = try Program(name, arguments)
        let (code, output) = program.finish()
        return (code, output, program.standardError)
    }
}
