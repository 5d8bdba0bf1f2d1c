import Measures
import NIOCore
import Testing

@testable import Proxy

@Suite("Bodies")
struct BodyTests {
    /// What `framing` takes from `text`, and the data in it.
    static func take(_ framing: inout BodyFraming, _ text: String) throws -> (taken: Int, data: String) {
        let octets = ByteBuffer(string: text)
        var data = ""
        let end = try framing.take(octets.readableBytesUInt8Span, from: 0) { range in
            data += octets.getString(at: range.lowerBound, length: range.count) ?? "?"
        }
        return (end, data)
    }

    static let good: [(text: String, data: String, rest: Int)] = [
        ("0\r\n\r\n", "", 0), ("5\r\nhello\r\n0\r\n\r\n", "hello", 0), ("5\r\nhello\r\n0\r\n\r\nGET", "hello", 3),
        ("A\r\n0123456789\r\n1\r\nx\r\n000\r\n\r\n", "0123456789x", 0),
        ("3;a=b;c=\"d\"\r\nabc\r\n0;x\r\n\r\n", "abc", 0),
        ("1\r\nx\r\n0\r\nX-Sum: 12\r\nY:\r\n\r\nrest", "x", 4),
        ("00000000000000f\r\n\(String(repeating: "y", count: 15))\r\n0\r\n\r\n", String(repeating: "y", count: 15), 0),
    ]

    @Test(arguments: good) func `chunks are taken apart`(text: String, data: String, rest: Int) throws {
        var framing = BodyFraming.chunked(ChunkedBody())
        let result = try Self.take(&framing, text)
        #expect(result.data == data)
        #expect(result.taken == text.utf8.count - rest)
        #expect(framing.isComplete)
    }

    static let bad: [(text: String, status: Int)] = [
        ("\r\n", 400), ("g\r\n", 400), ("-1\r\n", 400), ("0x5\r\nhello\r\n", 400), (" 5\r\n", 400),
        ("5 \r\nhello\r\n", 400),
        ("5\nhello\r\n", 400), ("5\r\r\nhello", 400), ("5\r\nhelloX\r\n", 400), ("5\r\nhello\n0\r\n\r\n", 400),
        ("5\r\nhello\r0\r\n", 400), ("1000000000000000\r\n", 400), ("5;a\nb\r\nhello", 400), ("5;\u{0}\r\nhello", 400),
        ("0\r\nX: y\n\r\n", 400), ("0\r\n X: y\r\n\r\n", 400), ("0\r\nX : y\r\n\r\n", 400), ("0\r\n: y\r\n\r\n", 400),
        ("0\r\n\rx", 400), ("0\r\nContent-Length: 5\r\n\r\n", 400), ("0\r\ntransfer-encoding: chunked\r\n\r\n", 400),
        ("0\r\nHost: b\r\n\r\n", 400), ("5;\(String(repeating: "x", count: 20_000))\r\nhello\r\n", 431),
        ("0\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n", 431),
    ]

    @Test(arguments: bad) func `bad chunks are refused`(text: String, status: Int) {
        var framing = BodyFraming.chunked(ChunkedBody())
        do {
            _ = try Self.take(&framing, text)
            Issue.record("\(text.prefix(40).debugDescription) was taken")
        } catch {
            #expect((error as? MessageError)?.status == status, "\(text.prefix(40).debugDescription): \(error)")
        }
    }

    @Test func `a length is a length`() throws {
        var framing = BodyFraming.length(5)
        #expect(try Self.take(&framing, "hel").taken == 3)
        #expect(framing == .length(2))
        #expect(try Self.take(&framing, "loGET").taken == 2)
        #expect(framing.isComplete)
        #expect(try Self.take(&framing, "GET").taken == 0)
        var endless = BodyFraming.untilClose
        #expect(try Self.take(&endless, "abc").taken == 3)
        #expect(!endless.isComplete)
    }

    /// However a stream is cut into pieces, the same heads, bodies and ends come out of it.
    @Test func `pieces make no difference`() throws {
        var random = SeededRandom(seed: 6)
        for _ in 0..<300 {
            let messages = (0..<3).map { _ in Self.message(&random) }
            let stream = Array(messages.map(\.text).joined().utf8)
            var reader = PieceReader()
            var position = 0
            while position < stream.count {
                let next = min(position + 1 + random.index(below: 40), stream.count)
                try reader.take(Array(stream[position..<next]))
                position = next
            }
            #expect(reader.targets == messages.map(\.target))
            #expect(reader.bodies == messages.map(\.body))
        }
    }

    /// A request with a random body in a random form.
    static func message(_ random: inout SeededRandom) -> (text: String, target: String, body: String) {
        let target = "/run/f\(random.index(below: 1_000))"
        let fields = (0..<random.index(below: 4)).map { "X-\($0): \(random.index(below: 1_000_000))\r\n" }.joined()
        let parts = (0..<random.index(below: 5)).map { _ in
            String(repeating: "b\r\n0", count: 1 + random.index(below: 12))
        }
        let body = parts.joined()
        let start = "\(random.index(below: 4) == 0 ? "\r\n" : "")POST \(target) HTTP/1.1\r\nHost: a\r\n\(fields)"
        if random.index(below: 2) == 0 {
            return ("\(start)Content-Length: \(body.utf8.count)\r\n\r\n\(body)", target, body)
        }
        let chunks = parts.map { "\(String($0.utf8.count, radix: 16));e=\(random.index(below: 9))\r\n\($0)\r\n" }
            .joined()
        let trailer = random.index(below: 2) == 0 ? "X-Trailer: t\r\n" : ""
        return ("\(start)Transfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\(trailer)\r\n", target, body)
    }
}

/// Reads messages from pieces of a stream, as a connection does.
struct PieceReader {
    private(set) var targets: [String] = []
    private(set) var bodies: [String] = []
    private var octets = ByteBuffer()
    private var scanner = HeadScanner()
    private var framing = BodyFraming.none

    mutating func take(_ piece: [UInt8]) throws {
        octets.writeBytes(piece)
        while octets.readableBytes > 0 {
            let before = octets.readableBytes
            let seen = octets
            if framing.isComplete {
                let found = try scanner.end(in: seen.readableBytesUInt8Span, limit: 65_536, skipsLeading: true)
                guard let end = found, let lines = octets.readSlice(length: end) else { return }
                let head = try RequestHead(
                    lines.readableBytesUInt8Span, from: scanner.leading, to: end, targetLimit: 1_000)
                targets.append(lines.readableBytesUInt8Span.text(in: head.target))
                bodies.append("")
                framing = head.framing
                scanner = HeadScanner()
            } else {
                var data = ""
                let end = try framing.take(seen.readableBytesUInt8Span, from: 0) { range in
                    data += seen.getString(at: seen.readerIndex + range.lowerBound, length: range.count) ?? "?"
                }
                octets.moveReaderIndex(forwardBy: end)
                bodies[bodies.count - 1] += data
            }
            guard octets.readableBytes < before else { return }
        }
    }
}
