import Foundation
import HTTPClient
import TestSupport
import Testing

@Suite("Schemathesis", .serialized, .enabled(if: Tool.areWanted), .timeLimit(.minutes(60)))
struct SchemathesisTests {
    /// What a phase may take, in seconds, before it counts as one that never ends; two minutes are usual.
    private static let patience = "1200"

    /// The phases by themselves, so that each says how it went: examples and the edges of each field, requests drawn at
    /// random as the document has them and as it forbids them, and sequences of such.
    private static let phases = ["examples,coverage", "fuzzing", "stateful"]

    private static let tokens = [
        ["adminToken: FOLDER/admin"], ["adminToken: FOLDER/admin", "readerToken: FOLDER/reader"],
    ]

    /// All its checks, 100 requests of each kind for each operation, from one seed. The stream of events is left out, because
    /// it never ends.
    @Test(arguments: tokens, phases)
    func `finds no answer that the document does not allow`(lines: [String], phases: String) async throws {
        let world = try TestWorld()
        for step in 1...3 { try world.decide(step) }
        let limits = "limits: {requestsPerSecond: 100000, burst: 100000}"
        try await Stand.serve(world, lines + [limits]) { stand async throws in
            let program = try #require(ProcessInfo.processInfo.environment["REEVE_SCHEMATHESIS"])
            let (code, output) = try await Tool.run(
                "timeout",
                [
                    Self.patience, program, "run", "http://127.0.0.1:\(stand.port)/api/v1/openapi.json", "--phases", phases,
                    "--checks", "all", "--exclude-path", "/api/v1/events", "--header",
                    "Authorization: Bearer \(Stand.adminToken)", "--max-examples", "100", "--seed", "7", "--no-color",
                    "--continue-on-failure",
                    // What is slow is a loaded machine, and no fault of the document.
                    "--suppress-health-check=too_slow", "--request-timeout", "120",
                ])
            #expect(code == 0, "\(output.suffix(20_000))")
            #expect(output.contains("generated"), "it has sent requests: \(output.suffix(2_000))")
            #expect(try await stand.ask(.get, "/healthz").status == 200)
        }
    }
}
