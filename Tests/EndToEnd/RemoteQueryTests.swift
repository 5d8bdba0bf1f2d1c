import Foundation
import TestSupport
import Testing

/// Operators on other machines ask over CURVE.
@Suite("Remote queries", .serialized)
struct RemoteQueryTests {
    @Test func `an operator whose key is allowed is answered, another is not`() async throws {
        let installation = try Installation()
        let operators = installation.path("operators.d")
        try FileManager.default.createDirectory(at: operators, withIntermediateDirectories: true)
        for name in ["operator-1", "stranger"] {
            _ = try installation.reeve(["keys", "new", name, "--folder", installation.folder.path])
        }
        _ = try installation.reeve([
            "keys", "allow", "operator-1", installation.path("operator-1.pub").path, "--folder", operators.path,
        ])
        let address = "tcp://127.0.0.1:\(installation.port + 1)"
        let coordinator = try installation.startCoordinator(
            extra: """
                  remote:
                    bind: \(address)
                    secretKey: \(installation.path("coordinator.key").path)
                    allowedOperators: \(operators.path)
                """)
        func ask(_ name: String, timeout: Int) throws -> (exitCode: Int32, output: String, error: String) {
            try Program.run(
                "reeve",
                [
                    "status", "--remote", address, "--key", installation.path("\(name).key").path, "--coordinator-key",
                    installation.path("coordinator.pub").path, "--output", "json", "--timeout", "\(timeout)",
                ])
        }
        try await eventually("the allowed operator is answered: \(coordinator.standardError)") {
            let (code, output, _) = try ask("operator-1", timeout: 2_000)
            return code == 0 && output.contains("uptimeSeconds")
        }
        let (code, _, error) = try ask("stranger", timeout: 1_000)
        #expect(code == 1)
        #expect(error.contains("no answer"))
    }
}
