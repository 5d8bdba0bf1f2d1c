import Foundation
import TestSupport
import Testing

/// The demo as a person runs it, with few steps.
@Suite("The demo", .serialized)
struct DemoTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rd-\(UUID().uuidString.prefix(8))")

    private func arguments(_ more: [String]) -> [String] {
        [
            "demo", "--schedulers", "custom", "--training-steps", "20", "--inference-steps", "10", "--comparison-seeds", "none",
            "--folder", folder.path, "--report", folder.path + "-out/report.html",
        ] + more
    }

    private struct Listed: Decodable {
        let name: String
        let pid: Int32
        let command: [String]
    }

    /// The processes that the demo wrote down; nil until it has.
    private func processes() -> [Listed]? {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("processes.json")) else { return nil }
        return try? JSONDecoder().decode([Listed].self, from: data)
    }

    private func removeFolders() {
        try? FileManager.default.removeItem(at: folder)
        try? FileManager.default.removeItem(atPath: folder.path + "-out")
    }

    private func isAlive(_ pid: Int32) -> Bool { Foundation.kill(pid, 0) == 0 }

    /// Nothing of the demo is left: no process, no socket.
    private func expectNothingLeft() throws {
        for process in try #require(processes()) { #expect(!isAlive(process.pid), "\(process.name) still runs") }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.filter { $0.hasSuffix(".sock") } == [])
    }

    @Test func `it trains and judges a scheduler over real processes and leaves none behind`() throws {
        defer { removeFolders() }
        let (code, output, error) = try Program.run("reeve", arguments([]))
        try #require(code == 0, "\(error)")
        #expect(output.contains("Custom") && output.contains("blind"))
        #expect(output.contains("Training: targets met (20 steps, one seed)"))
        #expect(output.contains("Frozen inference: targets met (10 steps, one seed)"))
        for name in ["coordinator", "w01", "w02", "w03", "w04"] {
            #expect(error.contains("\(name): process "), "\(error)")
        }
        let page = try String(contentsOfFile: folder.path + "-out/report.html", encoding: .utf8)
        #expect(page.contains("real processes and real code"))
        #expect(processes()?.map(\.name) == ["world", "coordinator", "w01", "w02", "w03", "w04"])
        try expectNothingLeft()
    }

    @Test func `it goes on when an agent and the coordinator are killed and started again`() async throws {
        defer { removeFolders() }
        let demo = try Program("reeve", arguments(["--training-steps", "300"]))
        try await eventually("training has begun: \(demo.standardError)") { demo.standardError.contains("custom training") }
        let listed = try #require(processes())
        var restarted: [Program] = []
        for name in ["w02", "coordinator"] {
            let process = try #require(listed.first { $0.name == name })
            Foundation.kill(process.pid, SIGKILL)
            try await eventually("\(name) is missed: \(demo.standardError)") { demo.standardError.contains("\(name) (process \(process.pid)) was lost") }
            let program = URL(fileURLWithPath: process.command[0]).lastPathComponent
            restarted.append(try Program(program, Array(process.command.dropFirst())))
        }
        let (code, output) = demo.finish()
        #expect(code == 0, "\(demo.standardError)")
        #expect(output.contains("Training: targets met ("))
        for program in restarted { program.kill() }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal ends it with everything it started`(_ signal: Int32) async throws {
        defer { removeFolders() }
        let demo = try Program("reeve", arguments(["--training-steps", "100000"]))
        try await eventually("training has begun: \(demo.standardError)") { demo.standardError.contains("custom training") }
        demo.send(signal)
        #expect(demo.finish().exitCode == 1)
        #expect(demo.standardError.contains("interrupted"))
        try expectNothingLeft()
    }

    @Test func `a folder that holds something is refused`() throws {
        defer { removeFolders() }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: folder.appendingPathComponent("file"))
        let (code, _, error) = try Program.run("reeve", arguments([]))
        #expect(code == 2)
        #expect(error.contains("holds something already"))
    }
}
