import Foundation
import Testing

/// The annotated configuration that is installed with the coordinator.
@Suite("The example configuration")
struct ConfigurationFileTests {
    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("systemd/coordinator.yaml")

    @Test func `every key of it is one that the coordinator knows`() throws {
        let (code, _, error) = try Program.run("reeve-coordinator", ["serve", "--config", Self.file.path, "--check"])
        #expect(code == 0, "\(error)")
    }

    @Test func `it names every key that is in force`() throws {
        let (_, _, error) = try Program.run("reeve-coordinator", ["serve", "--config", Self.file.path, "--check"])
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let keys = error.split(separator: "\n").compactMap { line in
            line.split(separator: "configuration: ").last?.split(separator: ":").first?.split(separator: ".").last
        }
        #expect(keys.count > 15)
        for key in keys { #expect(text.contains("\(key):"), "\(key) is not in the example") }
    }
}
