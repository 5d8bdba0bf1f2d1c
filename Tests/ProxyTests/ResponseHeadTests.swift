import NIOCore
import Testing

@testable import Proxy

@Suite("Heads of answers")
struct ResponseHeadTests {
    static func read(_ text: String) throws -> ResponseHead {
        let octets = ByteBuffer(string: text)
        var scanner = HeadScanner()
        let end = try scanner.end(in: octets.readableBytesUInt8Span, limit: 65_536, skipsLeading: false)
        return try ResponseHead(octets.readableBytesUInt8Span, to: try #require(end))
    }

    @Test(arguments: [
        "\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\r\n", "HTTP/1.1 200 O\u{0}K\r\n\r\n",
        "ICY 200 OK\r\n\r\n\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ]) func `what is wrong is refused`(text: String) {
        #expect(throws: MessageError.self) { try Self.read(text) }
    }

    @Test func `bodies are delimited as the rules say`() throws {
        let chunked = try Self.read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        let length = try Self.read("HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n")
        let open = try Self.read("HTTP/1.1 200 \r\n\r\n")
        #expect(chunked.framing(for: .get).isChunked)
        #expect(length.framing(for: .other) == .length(3))
        #expect(open.framing(for: .get) == .untilClose)
        for head in [chunked, length, open] { #expect(head.framing(for: .head).isComplete) }
        for status in [100, 103, 204, 304] {
            #expect(try Self.read("HTTP/1.1 \(status) X\r\nContent-Length: 3\r\n\r\n").framing(for: .get).isComplete)
        }
    }

    @Test func `connections are kept as the rules say`() throws {
        #expect(try Self.read("HTTP/1.1 200 OK\r\n\r\n").keepsAlive)
        #expect(try Self.read("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").keepsAlive == false)
        #expect(try Self.read("HTTP/1.0 200 OK\r\n\r\n").keepsAlive == false)
        #expect(try Self.read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n").keepsAlive)
    }
}
