import Foundation
import Testing

/// The annotated configurations that are installed with the programs.
@Suite("The example configurations")
struct ConfigurationFileTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let program, command, file: String
        let leastKeys: Int
        var testDescription: String { file }
        var url: URL {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("systemd/\(file)")
        }

        /// What the program says when it checks the file at `path`.
        func check(_ path: String) throws -> (exitCode: Int32, output: String, error: String) {
            try Program.run(program, [command, "--config", path, "--check"])
        }
    }

    static let examples = [
        Example(program: "reeve-coordinator", command: "serve", file: "coordinator.yaml", leastKeys: 15),
        Example(program: "reeve-agent", command: "run", file: "agent.yaml", leastKeys: 13),
    ]

    @Test(arguments: examples)
    func `every key of it is one that the program knows`(_ example: Example) throws {
        let (code, _, error) = try example.check(example.url.path)
        #expect(code == 0, "\(error)")
    }

    @Test(arguments: examples)
    func `it names every key that is in force`(_ example: Example) throws {
        let (_, _, error) = try example.check(example.url.path)
        let text = try String(contentsOf: example.url, encoding: .utf8)
        let keys = error.split(separator: "\n").compactMap { line in
            line.split(separator: "configuration: ").last?.split(separator: ":").first?.split(separator: ".").last
        }
        #expect(keys.count >= example.leastKeys)
        for key in keys { #expect(text.contains("\(key):"), "\(key) is not in the example") }
    }

    @Test(arguments: examples)
    func `what it shows switched off can be switched on`(_ example: Example) throws {
        let text = try String(contentsOf: example.url, encoding: .utf8)
        // A line of prose has no key with a value, or a dash, right behind the mark.
        let shown = #/^(\s*)# (\s*(?:[a-z][A-Za-z]*:(?: |$)|- \{).*)$/#.anchorsMatchLineEndings()
        let on = text.replacing(shown) { "\($0.output.1)\($0.output.2)" }
        #expect(on != text, "nothing is shown switched off")
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString).yaml")
        try on.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let (code, _, error) = try example.check(file.path)
        #expect(code == 0, "\(error)\n\(on)")
    }

    @Test func `an option of the agent stands for what its file says`() throws {
        let agent = try #require(Self.examples.last)
        let (code, _, error) = try Program.run(
            "reeve-agent", ["run", "--config", agent.url.path, "--check", "--node", "w77", "--interval", "20"])
        #expect(code == 0 && error.contains("node: w77") && error.contains("interval: 20ms"), "\(error)")
        let (wrong, _, told) = try Program.run("reeve-agent", ["run", "--config", "/nowhere/agent.yaml"])
        #expect(wrong == 2 && told.contains("/nowhere/agent.yaml"), "\(told)")
    }
}
