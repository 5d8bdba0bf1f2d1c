import Foundation
import TestSupport
import Testing

/// `reeve backup` beside a running coordinator and `reeve restore` when it is stopped, as an operator types them.
@Suite("Backing up and restoring by command", .timeLimit(.minutes(10)))
struct BackupCommandTests {
    private let installation: Installation

    init() throws { installation = try Installation() }

    private var config: [String] { ["--config", installation.path("coordinator.yaml").path] }
    private var journal: String { installation.path("journal.sqlite").path }

    private func start() async throws -> Program {
        let coordinator = try installation.startCoordinator(
            extra: """
                store:
                  journal: \(journal)
                  history:
                    file: \(installation.path("history.sqlite").path)
                """)
        try await eventually("the coordinator answers: \(coordinator.standardError)") { try installation.nodes() != nil }
        return coordinator
    }

    private func orders() throws -> [Int64] {
        struct Answer: Decodable {
            struct Order: Decodable { let sequence: Int64 }
            let orders: [Order]
        }
        let json = try installation.reeve(["orders", "--socket", installation.socket, "--output", "json"])
        return try JSONDecoder().decode(Answer.self, from: Data(json.utf8)).orders.map(\.sequence)
    }

    @Test func `what was ordered before the backup is there after the restore, and what came later is not`() async throws {
        let folder = installation.path("backup").path
        let coordinator = try await start()
        // Orders that are refused are written down as well, and need no agent.
        _ = try Program.run("reeve", ["interval", "100ms", "--node", "w01", "--socket", installation.socket])
        let before = try orders()
        #expect(before.count == 1)
        let written = try installation.reeve(["backup", folder] + config)
        #expect(written.contains("journal: ") && written.contains("history: "), "\(written)")
        _ = try Program.run("reeve", ["interval", "200ms", "--node", "w02", "--socket", installation.socket])
        #expect(try orders().count == 2)
        let refused = try Program.run("reeve", ["restore", folder] + config)
        #expect(refused.exitCode == 1 && refused.error.contains(journal), "\(refused.error)")
        coordinator.send(SIGTERM)
        #expect(coordinator.finish().exitCode == 0)

        #expect(try installation.reeve(["restore", folder, "--check"] + config).contains("whole"))
        #expect(try installation.reeve(["restore", folder] + config).contains("restored"))
        let kept = try FileManager.default.contentsOfDirectory(atPath: installation.folder.path)
        #expect(kept.contains { $0.hasPrefix("journal.sqlite.before-") }, "\(kept)")
        let restored = try await start()
        #expect(try orders() == before)
        #expect(!restored.hasEnded)
    }
}
