import Glibc
import HTTPClient
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite("Requests over plain TCP", .timeLimit(.minutes(10)))
struct TransportTests {
    @Test func `a request goes out as it was given, and the answer comes back whole`() async throws {
        let seen = Mutex("")
        let server = try RawServer { peer, _ in
            seen.withLock { $0 = peer.readRequest() }
            peer.send("HTTP/1.1 201 Created\r\nX-One: 1\r\nx-one:  2 \r\nContent-Length: 5\r\n\r\nhello")
        }
        try await withTransport(.init(userAgent: "reeve/9")) { transport in
            let answer = try await transport.send(
                HTTPRequest(
                    .patch, url: "http://127.0.0.1:\(server.port)/a/b?c=d",
                    headers: ["Content-Type": "application/x", "X-Empty": ""],
                    credential: .bearer("secret"), body: Array("body".utf8)))
            #expect(answer.status == 201)
            #expect(answer.body == Array("hello".utf8))
            #expect(answer.headers.all("X-ONE") == ["1", "2"])
            #expect(answer.headers["content-length"] == "5")
        }
        let text = seen.withLock { $0 }
        #expect(text.hasPrefix("PATCH /a/b?c=d HTTP/1.1\r\n"))
        for line in [
            "Host: 127.0.0.1:\(server.port)", "User-Agent: reeve/9", "Authorization: Bearer secret",
            "Content-Type: application/x",
            "Content-Length: 4", "X-Empty:",
        ] {
            #expect(text.contains("\r\n\(line)\r\n"), "\(line) in \(text)")
        }
        #expect(text.hasSuffix("\r\n\r\nbody"))
        #expect(!text.contains("Expect:"))
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "GET", nil as Int?), (.post, "POST", 0), (.put, "PUT", 0), (.delete, "DELETE", nil),
        (.head, "HEAD", nil),
    ])
    func `a request without body announces one only where a body is usual`(
        method: HTTPRequest.Method, word: String, length: Int?
    ) async throws {
        let seen = Mutex("")
        let server = try RawServer { peer, _ in
            seen.withLock { $0 = peer.readRequest() }
            peer.send("HTTP/1.1 204 No Content\r\n\r\n")
        }
        try await withTransport { transport in
            let answer = try await transport.send(HTTPRequest(method, url: "http://127.0.0.1:\(server.port)/"))
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
        }
        let text = seen.withLock { $0 }
        #expect(text.hasPrefix("\(word) / HTTP/1.1\r\n"))
        #expect(text.contains("Content-Length: 0") == (length == 0))
        #expect(!text.contains("Content-Type"))
    }

    @Test func `a user with a password is sent in base64`() async throws {
        // RFC 7617, section 2: the example.
        let seen = Mutex("")
        let server = try RawServer { peer, _ in
            seen.withLock { $0 = peer.readRequest() }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        try await withTransport { transport in
            _ = try await transport.send(
                HTTPRequest(
                    url: "http://127.0.0.1:\(server.port)/",
                    credential: .basic(user: "Aladdin", password: "open sesame")))
        }
        #expect(seen.withLock { $0 }.contains("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"))
    }

    @Test func `an interim answer and trailers are not taken for the answer`() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send(
                "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            peer.send("3\r\nabc\r\n0\r\nX-Trailer: late\r\n\r\n")
        }
        try await withTransport { transport in
            let answer = try await transport.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
            #expect(answer.status == 200)
            #expect(answer.headers["Link"] == nil)
            #expect(answer.headers["X-Trailer"] == nil)
            #expect(answer.body == Array("abc".utf8))
        }
    }

    @Test func `nobody listens: unreachable, nothing was sent`() async throws {
        try await withTransport { transport in
            let error = await failure { () throws(HTTPError) in
                try await transport.send(HTTPRequest(.post, url: "http://127.0.0.1:\(freePort())/path?token=secret"))
            }
            #expect(error?.code == .unreachable)
            #expect(error?.mayHaveBeenSent == false)
            #expect(error?.description.hasPrefix("POST http://127.0.0.1:") == true)
            #expect(error?.description.contains("secret") == false)
            let noHost = await failure { () throws(HTTPError) in
                try await transport.send(HTTPRequest(url: "http://host.invalid/"))
            }
            #expect(noHost?.code == .unreachable)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `an answer that breaks off or is no HTTP is an interruption`(answer: String) async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send(answer)
        }
        try await withTransport { transport in
            let error = await failure { () throws(HTTPError) in
                try await transport.send(HTTPRequest(.post, url: "http://127.0.0.1:\(server.port)/"))
            }
            #expect(error?.code == .interrupted)
            #expect(error?.mayHaveBeenSent == true)
        }
    }

    @Test func `an answer that does not come or does not end runs out of its time`() async throws {
        let server = try RawServer { peer, _ in
            if peer.readRequest().contains("/body") { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }
            peer.awaitEnd()
        }
        try await withTransport { transport in
            let url = "http://127.0.0.1:\(server.port)"
            let noHead = await failure { () throws(HTTPError) in
                try await transport.send(
                    HTTPRequest(url: "\(url)/head", timeouts: .init(headMilliseconds: 50, totalMilliseconds: nil)))
            }
            #expect(noHead?.code == .timeout)
            #expect(noHead?.description == "GET \(url)/head: no answer within 50 ms")
            let noEnd = await failure { () throws(HTTPError) in
                try await transport.send(
                    HTTPRequest(url: "\(url)/body", timeouts: .init(headMilliseconds: 600_000, totalMilliseconds: 80)))
            }
            #expect(noEnd?.code == .timeout)
            #expect(noEnd?.mayHaveBeenSent == true)
        }
    }

    @Test func `too large a body is refused, and one of just the size allowed is not`() async throws {
        let server = try RawServer { peer, _ in
            while !peer.readRequest().isEmpty {
                guard
                    peer.send(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n")
                else { return }
            }
        }
        try await withTransport { transport in
            var request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/", maximumResponseBytes: 10)
            let whole = try await transport.send(request)
            #expect(whole.body.count == 10)
            request.maximumResponseBytes = 9
            let error = await failure { () throws(HTTPError) in try await transport.send(request) }
            #expect(error?.code == .tooLarge)
            #expect(error?.description.contains("more than 9 bytes") == true)
        }
    }

    @Test func `a head without end is refused`() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\n")
            while peer.send("X-More: \(String(repeating: "x", count: 1_000))\r\n") {}
        }
        try await withTransport { transport in
            let error = await failure { () throws(HTTPError) in
                try await transport.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
            }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func `cancelling the task gives the request up and hangs up`() async throws {
        let asked = Mutex(false)
        let hungUp = Mutex(false)
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            asked.withLock { $0 = true }
            peer.awaitEnd()
            hungUp.withLock { $0 = true }
        }
        try await withTransport { transport in
            let task = Task {
                await failure { () throws(HTTPError) in
                    try await transport.send(
                        HTTPRequest(url: "http://127.0.0.1:\(server.port)/", timeouts: .init(totalMilliseconds: nil)))
                }
            }
            try await eventually("the request arrives") { asked.withLock { $0 } }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            try await eventually("the connection is closed") { hungUp.withLock { $0 } }
        }
    }

    @Test func `a request of a cancelled task is never begun`() async throws {
        let server = try RawServer { peer, _ in _ = peer.readRequest() }
        try await withTransport { transport in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return await failure { () throws(HTTPError) in
                    try await transport.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
                }
            }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
        #expect(server.connections == 0)
    }

    @Test func `what waits when the transport ends is told so, and so is who comes later`() async throws {
        let asked = Mutex(false)
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            asked.withLock { $0 = true }
            peer.awaitEnd()
        }
        let transport = HTTPTransport()
        let request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/", timeouts: .init(totalMilliseconds: nil))
        let running = Task { try await transport.run() }
        let waiting = Task { await failure { () throws(HTTPError) in try await transport.send(request) } }
        try await eventually("the request arrives") { asked.withLock { $0 } }
        running.cancel()
        try await running.value
        let error = await waiting.value
        #expect(error?.code == .closed)
        #expect(error?.mayHaveBeenSent == true)
        let late = await failure { () throws(HTTPError) in try await transport.send(request) }
        #expect(late?.code == .closed)
        #expect(late?.mayHaveBeenSent == false)
    }

    @Test func `requests wait for the transport to run, as many as it takes`() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let transport = HTTPTransport(settings: .init(maximumRequests: 1))
        let request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/")
        let (codes, report) = AsyncStream.makeStream(of: HTTPError.Code?.self)
        let tasks = (0..<2).map { _ in
            Task { _ = report.yield(await failure { () throws(HTTPError) in try await transport.send(request) }?.code) }
        }
        var inOrder = codes.makeAsyncIterator()
        #expect(await inOrder.next() == .overloaded, "one is refused at once")
        let running = Task { try await transport.run() }
        #expect(await inOrder.next() == .some(nil))
        for task in tasks { await task.value }
        running.cancel()
        try await running.value
    }

    @Test(arguments: [
        (HTTPRequest(url: "ftp://host/"), "http"), (HTTPRequest(url: "http://"), "host"),
        (HTTPRequest(url: "http://user:secret@host/"), "user"), (HTTPRequest(url: "http://host/a b"), "percent"),
        (HTTPRequest(url: "http://host/", headers: ["X": "secret\r\nY: 1"]), "header field X"),
        (HTTPRequest(url: "http://host/", credential: .bearer("secret\n")), "bearer token"),
        (HTTPRequest(url: "http://host/", maximumResponseBytes: nil), "limit"),
    ])
    func `what cannot be sent is refused in words without secrets`(request: HTTPRequest, word: String) async throws {
        let error = await failure { () throws(HTTPError) in try await HTTPTransport().send(request) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `the thread tells of its turns while it runs, also when there is nothing to do`() async throws {
        let turns = Turns()
        let transport = HTTPTransport(onTurn: { turns.note() })
        let running = Task { try await transport.run() }
        try await eventually("it turns") { turns.count >= 3 }
        running.cancel()
        try await running.value
        let ended = turns.count
        #expect(await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: "http://127.0.0.1:1/"))
        }?.code == .closed)
        #expect(turns.count == ended)
    }

    private final class Turns: Sendable {
        private let state = Mutex(0)
        var count: Int { state.withLock { $0 } }
        func note() { state.withLock { $0 += 1 } }
    }
}
