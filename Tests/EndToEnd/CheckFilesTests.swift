import Foundation
import TestSupport
import Testing

/// `reeve-coordinator serve --check-files`: what a configuration names is looked at before it is served.
@Suite("The files that a configuration names", .timeLimit(.minutes(10)))
struct CheckFilesTests {
    private let installation: Installation

    init() throws { installation = try Installation() }

    private func check(_ extra: [String] = []) throws -> (exitCode: Int32, output: String, error: String) {
        let yaml = """
            telemetry:
              bind: tcp://127.0.0.1:\(installation.port)
              secretKey: \(installation.path("coordinator.key").path)
              allowedAgents: \(installation.path("agents.d").path)
            query:
              socket: \(installation.socket)
            \(extra.joined(separator: "\n"))
            """
        try yaml.write(to: installation.path("checked.yaml"), atomically: true, encoding: .utf8)
        return try Program.run(
            "reeve-coordinator", ["serve", "--check-files", "--config", installation.path("checked.yaml").path])
    }

    private var store: [String] {
        [
            "store:", "  journal: \(installation.path("kept").path)/journal.sqlite", "  history:",
            "    file: \(installation.path("kept").path)/history.sqlite",
        ]
    }

    @Test func `what can be used is accepted, and nothing is opened or left behind`() async throws {
        let kept = installation.path("kept")
        try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
        // The address and the socket are taken, and yet there is no complaint: nothing is bound.
        let coordinator = try installation.startCoordinator()
        try await eventually("the coordinator answers: \(coordinator.standardError)") { try installation.nodes() != nil }
        let routing = [
            "routing:", "  listen: [127.0.0.1:\(installation.port)]", "  workers: [{url: \"http://127.0.0.1:1\"}]",
            "http:", "  bind: 127.0.0.1:\(installation.port)",
        ]
        let (code, _, error) = try check(store + routing)
        #expect(code == 0 && error.contains("configuration: telemetry.secretKey"), "\(error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: kept.path).isEmpty)
        #expect(!coordinator.hasEnded)
    }

    @Test func `what cannot be used is named with its key and ends the check with 2`() throws {
        let nowhere = try check(store)
        #expect(nowhere.exitCode == 2, "\(nowhere.error)")
        #expect(nowhere.error.contains("store.journal: ") && nowhere.error.contains("kept"), "\(nowhere.error)")
        let token = try check(["http:", "  bind: 127.0.0.1:0", "  adminToken: \(installation.path("none").path)"])
        #expect(token.exitCode == 2 && token.error.contains("http.adminToken"), "\(token.error)")
        let user = try check(["  adminUsers: [no-such-user]"])
        #expect(user.exitCode == 2 && user.error.contains("query.adminUsers names no-such-user"), "\(user.error)")
        let workflows = installation.path("workflows").path
        try FileManager.default.createDirectory(atPath: workflows, withIntermediateDirectories: true)
        let authorities = try check([
            "workflows:", "  folder: \(workflows)", "  gateway: https://127.0.0.1:1", "  authorities: \(workflows)/none.pem",
        ])
        #expect(authorities.exitCode == 2, "\(authorities.error)")
        #expect(authorities.error.contains("workflows.authorities: \(workflows)/none.pem cannot be read"), "\(authorities.error)")
        try FileManager.default.removeItem(at: installation.path("coordinator.key"))
        let key = try check()
        #expect(key.exitCode == 2 && key.error.contains("telemetry.secretKey: "), "\(key.error)")
        #expect(key.error.contains("coordinator.key"), "\(key.error)")
    }
}
