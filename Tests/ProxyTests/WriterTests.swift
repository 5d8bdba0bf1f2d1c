import NIOCore
import Routing
import Testing

@testable import Proxy

@Suite("What is passed on")
struct WriterTests {
    static func request(
        _ text: String, kind: WorkerKind = .any, client: String = "192.0.2.7", trusting: [String] = []
    ) throws -> String {
        let octets = ByteBuffer(string: text)
        let head = try RequestHeadTests.read(text)
        let ranges = try trusting.map { try AddressRange($0) }
        let identity = ClientIdentity(try SocketAddress(ipAddress: client, port: 1), trusting: ranges)
        let route = try Route(octets.readableBytesUInt8Span, head.target)
        var output = ByteBuffer()
        RequestWriter(head: head, route: route, client: identity, newRequestID: "id")
            .write(octets.readableBytesUInt8Span, for: kind, to: &output)
        return String(buffer: output)
    }

    @Test func `each kind of worker gets its own path`() throws {
        for (kind, path) in [
            (WorkerKind.any, "/function/f.ns/x?y=1"), (.openLambda, "/run/f.ns/x?y=1"),
            (.openLambda2018, "/runLambda/f.ns/x?y=1"), (.openFaaS, "/function/f.ns/x?y=1"),
        ] {
            let sent = try Self.request("GET /function/f.ns/x?y=1 HTTP/1.1\r\nHost: a\r\n\r\n", kind: kind)
            #expect(sent.hasPrefix("GET \(path) HTTP/1.1\r\n"))
        }
    }

    @Test func `fields for one hop end here`() throws {
        let sent = try Self.request(
            """
            POST /run/f HTTP/1.1\r\nHost: a\r\nConnection: x-own, keep-alive\r\nX-Own: 1\r\nKeep-Alive: 5\r\nX-Kept: 2\r
            TE: trailers\r\nProxy: http://evil\r\nProxy-Connection: close\r\nProxy-Authorization: p\r\nTrailer: X-T\r
            Transfer-Encoding: chunked\r\nUpgrade: h2c\r\nHTTP2-Settings: s\r\nX-Last: 3\r\n\r\n
            """)
        #expect(
            sent == """
                POST /run/f HTTP/1.1\r\nHost: a\r\nX-Kept: 2\r\nTrailer: X-T\r\nX-Last: 3\r
                Transfer-Encoding: chunked\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r
                X-Forwarded-Host: a\r\nX-Request-Id: id\r\nVia: 1.1 reeve\r\n\r\n
                """)
    }

    @Test func `what frames a message cannot be taken away by Connection`() throws {
        let sent = try Self.request(
            "POST /run/f HTTP/1.1\r\nConnection: content-length, host\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
        #expect(sent.contains("Host: a\r\nContent-Length: 3\r\n"))
    }

    @Test func `only trusted peers speak for others`() throws {
        let text =
            "GET /run/f HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.1.1.1\r\nX-Forwarded-Proto: https\r\n"
            + "X-Forwarded-Host: b\r\n\r\n"
        let believed = try Self.request(text, trusting: ["192.0.2.0/24"])
        #expect(believed.contains("X-Forwarded-For: 10.1.1.1, 192.0.2.7\r\n"))
        #expect(believed.contains("X-Forwarded-Proto: https\r\n") && believed.contains("X-Forwarded-Host: b\r\n"))
        let replaced = try Self.request(text, trusting: ["192.0.3.0/24"])
        #expect(replaced.contains("X-Forwarded-For: 192.0.2.7\r\n") && !replaced.contains("10.1.1.1"))
        #expect(replaced.contains("X-Forwarded-Proto: http\r\n") && replaced.contains("X-Forwarded-Host: a\r\n"))
    }

    @Test func `the host of a whole URI counts`() throws {
        let sent = try Self.request("GET http://b/run/f HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n")
        #expect(sent.hasPrefix("GET /run/f HTTP/1.1\r\nHost: b\r\nX: y\r\n"))
        #expect(!sent.contains("Host: a"))
    }

    @Test(arguments: [
        ("/run/", 400), ("/run/f/../g", 400), ("/run/f/.", 400), ("/run/f/%2e%2E/g", 400), ("/run/..", 400),
        ("/run/a%20b", 400),
        ("/run/\(String(repeating: "a", count: 254))", 400), ("/", 404), ("/run", 404), ("/status", 404),
        ("/RUN/f", 404),
        ("/function", 404), ("/runLambdaX/f", 404),
    ]) func `other paths are refused`(path: String, status: Int) {
        let octets = ByteBuffer(string: path)
        do {
            _ = try Route(octets.readableBytesUInt8Span, 0..<path.utf8.count)
            Issue.record("\(path) was taken")
        } catch {
            #expect((error as? MessageError)?.status == status)
        }
    }

    @Test func `dots within names are no segments`() throws {
        for path in ["/run/a.b/..c/d../...", "/run/f?x=/../", "/run/f/%2e%2e%2e", "/runLambda/f/", "/run/-_.A9"] {
            let octets = ByteBuffer(string: path)
            #expect(throws: Never.self) { _ = try Route(octets.readableBytesUInt8Span, 0..<path.utf8.count) }
        }
    }

    @Test func `ranges of addresses hold what they should`() throws {
        let four = try AddressRange("10.128.0.0/9")
        #expect(four.contains([10, 128, 1, 1]) && four.contains([10, 255, 0, 0]) && !four.contains([10, 127, 0, 0]))
        #expect(four.contains([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 200, 0, 1]))
        #expect(try AddressRange("0.0.0.0/0").contains([1, 2, 3, 4]))
        let six = try AddressRange("fd00::/8")
        #expect(
            six.contains([0xfd] + [UInt8](repeating: 1, count: 15)) && !six.contains([UInt8](repeating: 1, count: 16)))
        #expect(!six.contains([]))
        for text in ["", "10.0.0.0/33", "10.0.0/8", "a", "10.0.0.0/", "10.0.0.0/-1"] {
            #expect(throws: ProxyError.self) { try AddressRange(text) }
        }
    }
}
