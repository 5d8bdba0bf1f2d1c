import NIOCore
import Testing

@testable import Proxy

@Suite("Heads of requests")
struct RequestHeadTests {
    /// Reads a head as a connection does.
    static func read(_ text: String, limit: Int = 65_536, targetLimit: Int = 16_384) throws -> RequestHead {
        let octets = ByteBuffer(string: text)
        var scanner = HeadScanner()
        let end = try scanner.end(in: octets.readableBytesUInt8Span, limit: limit, skipsLeading: true)
        return try RequestHead(
            octets.readableBytesUInt8Span, from: scanner.leading, to: try #require(end), targetLimit: targetLimit)
    }

    static let refused: [(text: String, status: Int)] = [
        // The request line.
        ("GET\r\nHost: a\r\n\r\n", 400), (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        ("GET /\r\nHost: a\r\n\r\n", 400), ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/11\r\nHost: a\r\n\r\n", 400), ("GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /é HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET path HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://u@a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        // Lines.
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\rHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400), ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX\t: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX[: b\r\n\r\n", 400),
        // Host.
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        // Length.
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{b}chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        // Others.
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n", 417),
    ]

    @Test(arguments: refused) func `what is wrong is refused`(text: String, status: Int) {
        #expect(throws: MessageError.self) { try Self.read(text) }
        do {
            _ = try Self.read(text)
        } catch {
            #expect((error as? MessageError)?.status == status, "\(text.debugDescription): \(error)")
        }
    }

    @Test func `what is too long is refused`() {
        let long = String(repeating: "a", count: 1_000)
        func status(_ text: String, limit: Int, targetLimit: Int) -> Int? {
            do {
                _ = try Self.read(text, limit: limit, targetLimit: targetLimit)
                return nil
            } catch {
                return (error as? MessageError)?.status
            }
        }
        #expect(status("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", limit: 4_096, targetLimit: 1_000) == 414)
        #expect(status("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", limit: 4_096, targetLimit: 1_001) == nil)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n", limit: 1_000, targetLimit: 100) == 431)
        // It need not be complete to be too long.
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)", limit: 1_000, targetLimit: 100) == 431)
        let many = String(repeating: "X: y\r\n", count: 256)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\n\(many)\r\n", limit: 4_096, targetLimit: 100) == 431)
    }

    @Test func `what is right is read`() throws {
        let head = try Self.read(
            "\r\nPOST /run/f?x=1 HTTP/1.1\r\nhOST:a:80\r\nContent-Length:  07\t\r\nX-Y: \r\nEXPECT: 100-Continue\r\n\r\n"
        )
        #expect(head.method == .other && head.isVersion11 && head.keepsAlive && head.expectsContinue)
        #expect(head.framing == .length(7))
        #expect(head.fields.all.count == 4)
        #expect(try Self.read("GET / HTTP/1.0\r\n\r\n").keepsAlive == false)
        #expect(try Self.read("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepsAlive)
        #expect(try Self.read("GET / HTTP/1.1\r\nHost:\r\nConnection: x, ,CLOSE\r\n\r\n").keepsAlive == false)
        #expect(try Self.read("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n").framing.isChunked)
        #expect(try Self.read("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").framing.isComplete)
    }

    @Test func `a whole URI names the host`() throws {
        let text = "GET http://b:81/run/f HTTP/1.1\r\nHost: a\r\n\r\n"
        let head = try Self.read(text)
        let octets = ByteBuffer(string: text)
        #expect(octets.readableBytesUInt8Span.text(in: head.target) == "/run/f")
        #expect(octets.readableBytesUInt8Span.text(in: try #require(head.targetHost)) == "b:81")
    }

    @Test func `HTTP/2 is declined by silence, other protocols are not`() throws {
        for (protocolName, isRefused) in [("h2c", false), ("websocket", true)] {
            let text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: \(protocolName)\r\n\r\n"
            let octets = ByteBuffer(string: text)
            #expect(try Self.read(text).asksForUpgrade(octets.readableBytesUInt8Span) == isRefused)
        }
    }
}
