import HTTPClient
import TestSupport
import Testing

@Suite("HTTP behind TLS", .timeLimit(.minutes(10)))
struct SecureTests {
    /// Makes a key and a certificate of its own for loopback in the world's folder.
    private func certify(_ world: TestWorld) async throws {
        let folder = world.folder.path
        let (code, output) = try await Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                "-keyout", "\(folder)/http.key", "-out", "\(folder)/http.crt", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=IP:127.0.0.1",
            ])
        try #require(code == 0, "\(output)")
    }

    private static let lines = ["tls: {certificate: FOLDER/http.crt, key: FOLDER/http.key}", "readerToken: FOLDER/reader"]

    @Test func `whoever believes the certificate is answered, and nobody without TLS`() async throws {
        let world = try TestWorld()
        try await certify(world)
        try await Stand.serve(world, Self.lines) { stand async throws in
            let request = HTTPRequest(
                url: "https://127.0.0.1:\(stand.port)/api/v1/status", credential: .bearer(Stand.readerToken),
                tls: TLSSettings(trust: .authorities(.file("\(world.folder.path)/http.crt"))))
            #expect(try await stand.transport.send(request).status == 200)
            var stranger = request
            stranger.tls = TLSSettings()
            await #expect(throws: HTTPError.self) { try await stand.transport.send(stranger) }
            await #expect(throws: HTTPError.self) { try await stand.ask(.get, "/healthz") }
        }
    }

    @Test(arguments: ["http.crt", "http.key"])
    func `a certificate or key that is none is told at the start, with the key that names it`(file: String) async throws {
        let world = try TestWorld()
        try await certify(world)
        try world.folder.write("nothing\n", to: file)
        await #expect(throws: (any Error).self) { try await Stand.serve(world, Self.lines) { _ in } }
    }
}
