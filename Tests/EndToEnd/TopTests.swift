import Foundation
import Simulation
import Synchronization
import TestSupport
import Testing

/// The live overview, as a person at a terminal sees it.
@Suite("reeve top", .serialized)
struct TopTests {
    /// A program on a pseudoterminal of its own (script(1)), with what it has drawn.
    private final class Terminal: Sendable {
        private let process = Process()
        private let keys = Pipe()
        private let drawn = Mutex("")

        init(_ command: String, columns: Int, rows: Int) throws {
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
            process.arguments = ["-qfec", "stty rows \(rows) cols \(columns); exec \(command)", "/dev/null"]
            process.standardInput = keys
            process.standardOutput = output
            output.fileHandleForReading.readabilityHandler = { [self] handle in
                let text = String(decoding: handle.availableData, as: UTF8.self)
                drawn.withLock { $0 += text }
            }
            try process.run()
        }

        /// What has been drawn, whole.
        var text: String { drawn.withLock { $0 } }

        /// The newest whole picture, line by line, without the sequences that draw it.
        var picture: [String] {
            let frames = text.components(separatedBy: "\u{1b}[H")
            guard frames.count > 2 else { return [] }
            return frames[frames.count - 2].components(separatedBy: "\r\n").map {
                $0.replacing(/\u{1b}\[[0-9;?]*[A-Za-z]/, with: "")
            }
        }

        func type(_ text: String) throws { try keys.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

        var exitCode: Int32? { process.isRunning ? nil : process.terminationStatus }

        deinit { if process.isRunning { process.terminate() } }
    }

    @Test func `it draws nodes live within the screen, obeys keys, and gives the terminal back`() async throws {
        let installation = try Installation()
        for node in ["w01", "w02"] { try installation.makeKey(of: node) }
        let trees = try ["w01", "w02"].map { try installation.makeTree(of: $0) }
        let coordinator = try installation.startCoordinator()
        let agents = try zip(["w01", "w02"], trees).map { try installation.startAgent($0, tree: $1) }
        try await eventually("both are heard: \(coordinator.standardError)") { try installation.nodes()?.count == 2 }
        let once = try installation.reeve(["top", "--once", "--socket", installation.socket])
        #expect(once.contains("2 of 2 nodes known") && once.contains("w01") && once.contains("w02"), "\(once)")
        #expect(!once.contains("\u{1b}"), "no terminal, no colours")

        let reeve = Program.folder.appendingPathComponent("reeve").path
        let terminal = try Terminal(
            "env NO_COLOR=1 \(reeve) top --interval 0.2 --socket \(installation.socket)", columns: 60, rows: 12)
        try await eventually("it shows the nodes") { terminal.picture.contains { $0.hasPrefix("w02 ") } }
        #expect(terminal.picture.count <= 12)
        #expect(terminal.picture.allSatisfy { $0.count <= 60 }, "\(terminal.picture)")
        #expect(terminal.picture.contains { $0.contains("BY NAME") })
        try terminal.type("s")
        try await eventually("nodes are ordered by C0") { terminal.picture.contains { $0.contains("BY C0") } }
        try terminal.type("\u{1b}[B")
        try await eventually("one node is scrolled past") {
            terminal.picture.count { $0.hasPrefix("w01 ") || $0.hasPrefix("w02 ") } == 1
        }
        try terminal.type(" ")
        try await eventually("it says that it is held") { terminal.picture.first?.contains("HELD") == true }
        try terminal.type(" ")
        coordinator.kill()
        try await eventually("it says that nobody answers, above what was read last") {
            terminal.picture.first?.hasPrefix("no answer: ") == true && terminal.picture.contains { $0.contains("BY C0") }
        }
        try terminal.type("q")
        try await eventually("it ends") { terminal.exitCode == 0 }
        try await eventually("the terminal is as it was") { terminal.text.hasSuffix("\u{1b}[?25h\u{1b}[?1049l") }
        for agent in agents { agent.kill() }
    }
}
