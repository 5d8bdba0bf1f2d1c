import Foundation
import Testing

/// The committed C code is what protoc-c makes of proto/ today.
@Suite("The generated code")
struct GeneratedCodeTests {
    @Test func `the committed C code is not older than proto`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let target = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-proto-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: target) }
        let script = Process()
        script.executableURL = root.appendingPathComponent("scripts/proto.sh")
        script.arguments = [target.path]
        try script.run()
        script.waitUntilExit()
        try #require(script.terminationStatus == 0, "scripts/proto.sh failed: is protobuf-c-compiler installed?")
        let committed = root.appendingPathComponent("Sources/Shared/WireC")
        for (folder, suffix) in [("reeve/v1", ".c"), ("include/reeve/v1", ".h")] {
            let generated = try files(in: target.appendingPathComponent(folder), suffix: suffix)
            #expect(generated.count == 3)
            #expect(try files(in: committed.appendingPathComponent(folder), suffix: suffix) == generated, "run make proto")
        }
    }

    private func files(in folder: URL, suffix: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(suffix) }
        return Dictionary(
            uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) })
    }
}
