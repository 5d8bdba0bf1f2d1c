import Foundation
import HTTPAPI
import HTTPClient
import Measures
import TestSupport
import Testing

@Suite("Malformed requests", .timeLimit(.minutes(10)))
struct MalformedTests {
    private static let host = "Host: 127.0.0.1\r\n"
    /// For what can be read and is refused all the same: such a connection stays open unless the client says otherwise.
    private static let close = "Connection: close\r\n"

    @Test(arguments: [
        ("GET / HTTP/9.9\r\n\(host)\r\n", "400"), ("GET /healthz\r\n\r\n", "400"), ("\u{0}\u{1}\u{2}\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\n\(host)Bad Name: 1\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\n\(host)A: \(String(repeating: "a", count: 20_000))\r\n\r\n", "400"),
        ("POST /api/v1/runs HTTP/1.1\r\n\(host)Content-Length: x\r\n\r\n", "400"),
        ("POST /api/v1/runs HTTP/1.1\r\n\(host)Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "400"),
        ("GET /healthz HTTP/1.1\r\n\(close)\r\n", "421"),
        ("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\(close)\r\n", "421"),
        ("GET * HTTP/1.1\r\n\(host)\(close)\r\n", "400"), ("BREW /healthz HTTP/1.1\r\n\(host)\(close)\r\n", "4"),
    ])
    func `what is no request is refused and its connection closed`(request: String, status: String) async throws {
        try await Stand.serve(try TestWorld(), ["limits: {idle: 5m}"]) { stand async throws in
            let answer = try await answer(to: request, on: stand)
            #expect(answer?.hasPrefix("HTTP/1.1 \(status)") == true, "\(answer ?? "never closed")")
            #expect(try await stand.ask(.get, "/healthz").status == 200)
        }
    }

    /// All that comes after `text` until the server closes the connection; nil when it does not.
    private func answer(to text: String, on stand: Stand) async throws -> String? {
        try await onThread { [port = stand.port] in
            let connection = try RawConnection(port: port)
            connection.send(Array(text.utf8))
            return connection.readToEnd()
        }
    }

    @Test func `a client that sends its request, or its body, too slowly loses its connection`() async throws {
        let lines = ["adminToken: FOLDER/admin", "limits: {idle: 1s, bodyWithin: 100ms}"]
        try await Stand.serve(try TestWorld(), lines) { stand async throws in
            let head = try await answer(to: "GET /healthz HT", on: stand)
            #expect(head == "")
            let request =
                "POST /api/v1/intervals HTTP/1.1\r\n\(Self.host)Authorization: Bearer \(Stand.adminToken)\r\n"
                + "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"
            let body = try await answer(to: request, on: stand)
            #expect(body?.contains("200 OK") == false)
            #expect(try await stand.ask(.get, "/healthz").status == 200)
        }
    }

    /// By itself, because the memory of a process that runs other tests beside it says nothing.
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["REEVE_TEST_ALONE"] != nil, "measures this process' memory: make test runs it alone"))
    func `ten thousand malformed requests leave memory as it is`() async throws {
        let lines = ["adminToken: FOLDER/admin", "limits: {requestsPerSecond: 100000, burst: 100000}"]
        try await Stand.serve(try TestWorld(), lines) { stand async throws in
            try await send(1_000, seed: 7, to: stand)
            let before = try await residentBytes(of: stand)
            try await send(10_000, seed: 8, to: stand)
            try await eventually("all are answered") {
                try await stand.ask(.get, "/metrics").text.contains("reeve_http_requests_in_flight 1\n")
            }
            let after = try await residentBytes(of: stand)
            // Client and server share this process, and what either keeps per request would show: 10 000 of 1 KiB are more.
            #expect(after - before < 8 << 20, "\(before) bytes became \(after)")
            #expect(try await stand.ask(.get, "/healthz").status == 200)
        }
    }

    /// Sends so many requests, one after the other, each malformed in some way, and waits for what comes of each.
    private func send(_ count: Int, seed: UInt64, to stand: Stand) async throws {
        try await onThread { [port = stand.port] in
            var random = SeededRandom(seed: seed)
            for _ in 0..<count {
                let connection = try RawConnection(port: port)
                connection.send(Self.bytes(&random))
                connection.finish()
                _ = connection.readToEnd()
            }
        }
    }

    private static func bytes(_ random: inout SeededRandom) -> [UInt8] {
        let token = "Authorization: Bearer \(Stand.adminToken)\r\nContent-Type: application/json\r\n"
        let noise = (0..<Int.random(in: 1...2_000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let lead =
            switch Int.random(in: 0..<9, using: &random) {
            case 0: ""
            case 1: "GET /"
            case 2: "GET /api/v1/nodes?"
            case 3: "GET /api/v1/nodes HTTP/1.1\r\n\(Self.host)X: "
            case 4: "POST /api/v1/intervals HTTP/1.1\r\n\(Self.host)\(token)Content-Length: \(noise.count)\r\n\r\n"
            case 5: "POST /api/v1/intervals HTTP/1.1\r\n\(Self.host)\(token)Content-Length: 5000\r\n\r\n"
            case 6: "POST /api/v1/runs HTTP/1.1\r\n\(Self.host)\(token)Transfer-Encoding: chunked\r\n\r\n"
            case 7: "PUT /\(String(repeating: "%41/", count: 500)) HTTP/1.1\r\n\(Self.host)\r\n"
            default: "GET /healthz HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
            }
        return Array(lead.utf8) + noise
    }

    /// The process's resident memory, as it tells it itself.
    private func residentBytes(of stand: Stand) async throws -> Int {
        let text = try await stand.ask(.get, "/metrics").text
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("process_resident_memory_bytes ") })
        return try #require(line.split(separator: " ").last.flatMap { Int($0) })
    }
}
