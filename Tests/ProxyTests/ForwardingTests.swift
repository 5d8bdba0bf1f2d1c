import Routing
import TestSupport
import Testing

@testable import Proxy

@Suite("Requests through the proxy", .timeLimit(.minutes(10)))
struct ForwardingTests {
    static func get(_ path: String = "/run/f", _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    @Test func `requests on one connection are answered in their order`() async throws {
        let worker = try ScriptedWorker { head, _ in ScriptedWorker.ok(String(head.prefix { $0 != "\r\n" })) }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            socket.write((0..<200).map { Self.get("/run/f\($0)") }.joined())
            for index in 0..<200 { #expect(socket.readAnswer()?.body == "GET /run/f\(index) HTTP/1.1") }
            #expect(worker.connections == 1, "one request after the other goes over one connection")
            try await eventually("nothing is under way") { proxy.isQuiet }
            #expect(proxy.snapshot.answersByStatusClass == [2: 200])
            #expect(proxy.snapshot.workers[0].outcomes.succeeded == 200)
            #expect(proxy.snapshot.workers[0].latency.count == 200)
        }
    }

    @Test func `bodies of every form arrive whole`() async throws {
        let worker = try ScriptedWorker { socket, _ in
            while let head = socket.readHead() {
                guard head.contains("Transfer-Encoding: chunked\r\n") else {
                    let body = socket.readCount(RawSocket.contentLength(head) ?? 0)
                    socket.write(ScriptedWorker.ok("\(body.count)"))
                    continue
                }
                let body = socket.readThrough("0\r\nX-T: 1\r\n\r\n") ?? ""
                socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
            }
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            let chunks = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-T: 1\r\n\r\n"
            socket.write("POST /run/f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for octet in chunks { socket.write(String(octet)) }
            #expect(socket.readHead()?.contains("Transfer-Encoding: chunked\r\n") == true)
            #expect(socket.readThrough("0\r\nX-T: 1\r\n\r\n") == chunks)
            let large = [UInt8](repeating: 0x61, count: 3_000_000)
            socket.write("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: \(large.count)\r\n\r\n")
            socket.write(large)
            #expect(socket.readAnswer()?.body == "3000000")
            try await eventually("nothing is under way") { proxy.isQuiet }
        }
    }

    @Test func `answers without a length reach clients of both versions`() async throws {
        let worker = try ScriptedWorker { socket, _ in
            guard let head = socket.readHead() else { return }
            socket.write("HTTP/1.1 200 OK\r\n\(head.contains("/chunked") ? "Transfer-Encoding: chunked\r\n" : "")\r\n")
            socket.write(head.contains("/chunked") ? "5\r\nhello\r\n3\r\n wo\r\n0\r\n\r\n" : "hello wo")
            socket.close()
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            socket.write(Self.get())
            #expect(socket.readHead()?.contains("Transfer-Encoding: chunked\r\n") == true)
            let chunks = socket.readThrough("\r\n0\r\n\r\n") ?? ""
            #expect(chunks.hasPrefix("8\r\nhello wo\r\n") || chunks.filter(\.isLetter) == "hellowo")
            for path in ["/run/f", "/run/f/chunked"] {
                let old = try proxy.exchange("GET \(path) HTTP/1.0\r\n\r\n")
                #expect(old.contains("Connection: close\r\n") && old.hasSuffix("\r\n\r\nhello wo"))
                #expect(!old.contains("Transfer-Encoding"))
            }
        }
    }

    @Test func `HTTP 1.0 clients may keep their connection`() async throws {
        let worker = try ScriptedWorker { _, _ in ScriptedWorker.ok("x") }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            for _ in 0..<3 {
                socket.write("GET /run/f HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(socket.readAnswer()?.head.contains("Connection: keep-alive\r\n") == true)
            }
            #expect(try proxy.exchange("GET /run/f HTTP/1.0\r\n\r\n").contains("Connection: close\r\n"))
        }
    }

    @Test func `answers without a body end with their head`() async throws {
        let worker = try ScriptedWorker { socket, _ in
            while let head = socket.readHead() {
                if head.hasPrefix("HEAD") { socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") }
                if head.hasPrefix("GET /run/none") {
                    socket.write("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")
                }
                if head.hasPrefix("GET /run/same") {
                    socket.write("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")
                }
            }
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            socket.write("HEAD /run/f HTTP/1.1\r\nHost: a\r\n\r\n\(Self.get("/run/none"))\(Self.get("/run/same"))")
            #expect(socket.readHead()?.contains("Content-Length: 5\r\n") == true)
            let none = try #require(socket.readHead())
            #expect(none.hasPrefix("HTTP/1.1 204 ") && !none.contains("Content-Length"))
            let same = try #require(socket.readHead())
            #expect(same.hasPrefix("HTTP/1.1 304 ") && same.contains("Content-Length: 9\r\n"))
        }
    }

    @Test func `100 Continue comes from the worker`() async throws {
        let worker = try ScriptedWorker { socket, _ in
            while let head = socket.readHead() {
                guard head.contains("Expect: 100-continue\r\n") else { return socket.close() }
                socket.write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
                let body = socket.readCount(RawSocket.contentLength(head) ?? 0)
                socket.write(ScriptedWorker.ok(String(decoding: body, as: UTF8.self)))
            }
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            socket.write("PUT /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(socket.readHead() == "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            #expect(socket.readHead() == "HTTP/1.1 100 Continue\r\n\r\n")
            socket.write("hello")
            #expect(socket.readAnswer()?.body == "hello")
        }
    }

    @Test func `a client may end its side and wait`() async throws {
        let worker = try ScriptedWorker { _, body in ScriptedWorker.ok(body) }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            socket.write("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            socket.shutdownWrite()
            let answer = socket.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("hello"))
            // Half a request is none.
            let half = try proxy.connect()
            half.write("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
            half.shutdownWrite()
            #expect(half.readToEnd() == "")
            try await eventually("nothing is under way") { proxy.isQuiet && proxy.snapshot.clientConnections <= 1 }
        }
    }

    @Test func `a slow reader slows the worker down`() async throws {
        let size = 30_000_000
        let worker = try ScriptedWorker { socket, _ in
            guard socket.readHead() != nil else { return }
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            socket.write([UInt8](repeating: 0x62, count: size))
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            socket.write(Self.get())
            _ = socket.readHead()
            try await eventually("the worker has the request") { proxy.snapshot.workers[0].inFlight == 1 }
            var received = 0
            while received < size {
                let piece = socket.readCount(min(1_000_000, size - received))
                try #require(!piece.isEmpty)
                received += piece.count
            }
            try await eventually("nothing is under way") { proxy.isQuiet }
        }
    }

    @Test func `names of requests are kept or given`() async throws {
        let worker = try ScriptedWorker { _, _ in ScriptedWorker.ok("x") }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            socket.write(Self.get("/run/f", "X-Request-Id: mine\r\n") + Self.get("/run/f", "X-Request-Id: a b\r\n"))
            _ = socket.readAnswer()
            let given = try #require(
                socket.readAnswer()?.head.split(separator: "\r\n").first { $0.hasPrefix("X-Request-Id: ") })
            #expect(worker.received[0].contains("X-Request-Id: mine\r\n"))
            #expect(worker.received[1].contains("\(given)\r\n") && given.count == 14 + 32)
        }
    }
}
