import Foundation

/// The programs of examples/functions and a gateway in front of them, all processes of their own.
final class ServedFunctions: Sendable {
    /// The video that functions look at, from examples/functions/make-video.sh; nil when nobody has made one.
    static let video = ProcessInfo.processInfo.environment["REEVE_EXAMPLE_VIDEO"]
    /// The project's root.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Where the gateway is.
    let gatewayURL: String
    private let processes: [Process]

    /// Serves the functions `names`, whose frames travel through the folder `store`.
    init(_ names: [String], store: String, in folder: String) throws {
        var processes: [Process] = []
        do {
            var routes = ""
            for name in names {
                let (process, url) = try Self.start(
                    ["examples/functions/serve.py", name, "--port", "0"], environment: ["REEVE_STORE": store])
                processes.append(process)
                routes += "\(name) \(url)\n"
            }
            try routes.write(toFile: "\(folder)/routes", atomically: true, encoding: .utf8)
            let (process, url) = try Self.start(
                ["scripts/kubernetes/gateway", "--listen", "127.0.0.1:0", "--functions", "\(folder)/routes"])
            processes.append(process)
            gatewayURL = url
        } catch {
            Self.end(processes)
            throw error
        }
        self.processes = processes
    }

    deinit { Self.end(processes) }

    /// Their end is not waited for: a process that was started meanwhile may hold what tells of it.
    private static func end(_ processes: [Process]) {
        for process in processes { kill(process.processIdentifier, SIGKILL) }
    }

    private struct NotStarted: Error { let command: [String] }

    /// Starts a program that prints its address once it can be called, as the last word of its first line.
    private static func start(
        _ command: [String], environment: [String: String] = [:]
    ) throws -> (process: Process, url: String) {
        let process = Process()
        // Debian's own Python: only that has Debian's OpenCV.
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-B"] + command
        process.currentDirectoryURL = root
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw NotStarted(command: command) }
            line += more
        }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return (process, String(words.last ?? ""))
    }
}
