import Foundation
import HTTPClient
import TestSupport
import Testing

@Suite("Schemathesis", .enabled(if: Tool.areWanted), .timeLimit(.minutes(30)))
struct SchemathesisTests {
    /// All its checks, on requests as the document has them and on such as it forbids, alone and one after the other. The
    /// stream of events is left out, because it never ends.
    @Test(arguments: [["adminToken: FOLDER/admin"], ["adminToken: FOLDER/admin", "readerToken: FOLDER/reader"]])
    func `finds no answer that the document does not allow`(lines: [String]) async throws {
        let world = try TestWorld()
        for step in 1...3 { try world.decide(step) }
        let limits = "limits: {requestsPerSecond: 100000, burst: 100000}"
        try await Stand.serve(world, lines + [limits]) { stand async throws in
            let program = try #require(ProcessInfo.processInfo.environment["REEVE_SCHEMATHESIS"])
            let (code, output) = try await Tool.run(
                program,
                [
                    "run", "http://127.0.0.1:\(stand.port)/api/v1/openapi.json", "--checks", "all", "--exclude-path",
                    "/api/v1/events", "--header", "Authorization: Bearer \(Stand.adminToken)", "--max-examples", "25",
                    "--seed", "7", "--no-color", "--continue-on-failure",
                    // What is slow is a loaded machine, and no fault of the document.
                    "--suppress-health-check=too_slow",
                ])
            #expect(code == 0, "\(output.suffix(20_000))")
            #expect(try await stand.ask(.get, "/healthz").status == 200)
        }
    }
}
