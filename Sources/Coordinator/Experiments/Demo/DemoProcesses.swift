import Foundation

/// The processes that a demo has started: their ends are noticed, and none outlives `stop`.
actor DemoProcesses {
    /// A process as `processes.json` lists it.
    private struct Listed: Codable {
        let name: String
        let pid: Int32
        let command: [String]
        let log: String
    }

    private struct Child {
        let program: DemoInstallation.Program
        let process: Process
    }

    private var children: [Child] = []
    private var isStopping = false
    private let onLoss: @Sendable (DemoInstallation.Program, Int32) -> Void

    /// No processes yet; `onLoss` is told about each that ends by itself, with its process id.
    init(onLoss: @escaping @Sendable (DemoInstallation.Program, Int32) -> Void) {
        self.onLoss = onLoss
    }

    /// Starts `program`; returns its process id. Throws what Foundation throws when it cannot be started.
    func start(_ program: DemoInstallation.Program) throws -> Int32 {
        try Data().write(to: URL(fileURLWithPath: program.logPath))
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: program.logPath))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.command[0])
        process.arguments = Array(program.command.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = log
        process.standardError = log
        process.terminationHandler = { [weak self] process in
            let pid = process.processIdentifier
            Task { await self?.noteEnd(of: program, pid: pid) }
        }
        try process.run()
        children.append(Child(program: program, process: process))
        return process.processIdentifier
    }

    /// Writes what runs, this process as "world" included, to `path` as JSON.
    func list(to path: String) throws {
        let world = Listed(
            name: "world", pid: ProcessInfo.processInfo.processIdentifier, command: CommandLine.arguments, log: "")
        let listed = children.map {
            Listed(
                name: $0.program.name, pid: $0.process.processIdentifier, command: $0.program.command,
                log: $0.program.logPath)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode([world] + listed).write(to: URL(fileURLWithPath: path))
    }

    /// Asks every process to end (SIGTERM), ends those that have not within five seconds (SIGKILL), and waits for all.
    func stop() async {
        isStopping = true
        for child in children where child.process.isRunning { child.process.terminate() }
        for _ in 0..<100 where children.contains(where: \.process.isRunning) {
            try? await Task.sleep(nanoseconds: 50_000_000)
        }
        for child in children where child.process.isRunning { kill(child.process.processIdentifier, SIGKILL) }
        for child in children { child.process.waitUntilExit() }
    }

    private func noteEnd(of program: DemoInstallation.Program, pid: Int32) {
        if !isStopping { onLoss(program, pid) }
    }
}
