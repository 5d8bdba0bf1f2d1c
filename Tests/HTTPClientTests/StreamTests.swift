import Glibc
import HTTPClient
import Synchronization
import TestSupport
import Testing

@Suite("Streamed answers", .timeLimit(.minutes(10)))
struct StreamTests {
    @Test func `the head is there before the body, and the pieces come as they are sent`() async throws {
        let steps = Mutex(0)
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for (step, piece) in ["one", "two", ""].enumerated() {
                // The next piece is only sent once the test has had the one before.
                while steps.withLock({ $0 }) <= step { usleep(1_000) }
                peer.send("\(piece.utf8.count)\r\n\(piece)\r\n")
            }
        }
        try await withTransport { transport in
            let stream = try await transport.stream(
                HTTPRequest(url: "http://127.0.0.1:\(server.port)/", maximumResponseBytes: nil))
            #expect(stream.head.status == 200)
            var pieces: [String] = []
            steps.withLock { $0 = 1 }
            for try await piece in stream {
                pieces.append(String(decoding: piece, as: UTF8.self))
                steps.withLock { $0 += 1 }
            }
            #expect(pieces == ["one", "two"])
        }
    }

    @Test func `a slow reader slows the sender down, and nothing is lost`() async throws {
        let sent = Mutex(0)
        let total = 64 << 20
        let block = 1 << 16
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            var piece = [UInt8](repeating: 0, count: block)
            for number in 0..<(total / piece.count) {
                piece[0] = UInt8(truncatingIfNeeded: number)
                guard peer.send(piece) else { return }
                sent.withLock { $0 += piece.count }
            }
        }
        try await withTransport(.init(streamBufferBytes: block)) { transport in
            let stream = try await transport.stream(
                HTTPRequest(
                    url: "http://127.0.0.1:\(server.port)/", timeouts: .init(totalMilliseconds: nil),
                    maximumResponseBytes: nil))
            // What the kernel's buffers on both sides hold besides is some megabytes; the body is many times that.
            var last = -1
            try await eventually("the sender stands still") {
                try await Task.sleep(for: .milliseconds(200))
                let now = sent.withLock { $0 }
                defer { last = now }
                return now > 0 && now == last
            }
            #expect(last < total / 2)
            var bytes = 0
            var isInOrder = true
            for try await piece in stream {
                for offset in stride(from: (block - bytes % block) % block, to: piece.count, by: block) {
                    isInOrder = isInOrder && piece[offset] == UInt8(truncatingIfNeeded: (bytes + offset) / block)
                }
                bytes += piece.count
            }
            #expect(bytes == total)
            #expect(isInOrder)
        }
    }

    @Test func `a stream that breaks off gives what came and then the error`() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        }
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
            var text = ""
            let error = await failure { () throws(HTTPError) in
                let pieces = stream.makeAsyncIterator()
                while let piece = try await pieces.next() { text += String(decoding: piece, as: UTF8.self) }
            }
            #expect(text == "abc")
            #expect(error?.code == .interrupted)
        }
    }

    @Test(arguments: ["let go of", "cancelled", "cancelled with its task"])
    func `a stream that is given up hangs up`(way: String) async throws {
        let hungUp = Mutex(false)
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            peer.awaitEnd()
            hungUp.withLock { $0 = true }
        }
        try await withTransport { transport in
            var stream: HTTPStream? = try await transport.stream(
                HTTPRequest(
                    url: "http://127.0.0.1:\(server.port)/", timeouts: .init(totalMilliseconds: nil),
                    maximumResponseBytes: nil))
            switch way {
            case "let go of": stream = nil
            case "cancelled":
                stream?.cancel()
                let error = await failure { () throws(HTTPError) in try await stream?.makeAsyncIterator().next() }
                #expect(error?.code == .cancelled)
            default:
                let reading = Task { [stream] in
                    await failure { () throws(HTTPError) in try await stream?.makeAsyncIterator().next() }
                }
                reading.cancel()
                #expect(await reading.value?.code == .cancelled)
            }
            try await eventually("the connection is closed") { hungUp.withLock { $0 } }
            withExtendedLifetime(stream) {}
        }
    }

    @Test func `an unread stream ends with the transport`() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            peer.awaitEnd()
        }
        var stream: HTTPStream?
        try await withTransport { transport in
            stream = try await transport.stream(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
        }
        let held = try #require(stream)
        let error = await failure { () throws(HTTPError) in try await held.makeAsyncIterator().next() }
        #expect(error?.code == .closed)
    }

    @Test func `a stream has one reader at a time`() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            peer.awaitEnd()
        }
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
            // Whichever comes second is refused; the other waits until it is given up.
            let codes = await withTaskGroup(of: HTTPError.Code?.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        await failure { () throws(HTTPError) in try await stream.makeAsyncIterator().next() }?.code
                    }
                }
                var codes = [await group.next() ?? nil]
                stream.cancel()
                codes.append(await group.next() ?? nil)
                return codes
            }
            #expect(codes == [.invalidRequest, .cancelled])
        }
    }
}
