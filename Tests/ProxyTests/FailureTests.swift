import Measures
import Routing
import TestSupport
import Testing

@testable import Proxy

@Suite("Workers that fail", .timeLimit(.minutes(10)))
struct FailureTests {
    static let post = "POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"

    @Test func `a worker that cannot be reached is passed over, whatever the method`() async throws {
        let worker = try ScriptedWorker { _, body in ScriptedWorker.ok(body) }
        defer { worker.stop() }
        let dead = try ClosedPort()
        try await RunningProxy.with([try dead.specification, try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            for _ in 0..<10 {
                socket.write(Self.post)
                #expect(socket.readAnswer()?.body == "hello")
            }
            try await eventually("nothing is under way") { proxy.isQuiet }
            let snapshot = proxy.snapshot
            // The third failure in a row ejects; nothing goes there after that.
            #expect(snapshot.workers[0].outcomes.workerFailed == 3)
            #expect(snapshot.resent == 3)
            guard case .ejected = snapshot.workers[0].state else {
                Issue.record("it is \(snapshot.workers[0].state)")
                return
            }
        }
    }

    @Test func `when no worker can be reached the answer is 502, later 503`() async throws {
        let dead = try ClosedPort()
        try await RunningProxy.with([try dead.specification]) { proxy in
            let socket = try proxy.connect()
            var statuses: [Substring] = []
            for _ in 0..<5 {
                socket.write(Self.post)
                statuses.append(try #require(socket.readAnswer()?.head.dropFirst(9).prefix(3)))
            }
            #expect(statuses == ["502", "502", "502", "503", "503"])
        }
    }

    @Test func `a request that a worker may have begun is not sent again`() async throws {
        let calls = Counter()
        let worker = try ScriptedWorker { socket, _ in
            _ = socket.readAnswer()
            calls.add()
            socket.close()
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            for request in [Self.post, ForwardingTests.get()] {
                let socket = try proxy.connect()
                socket.write(request)
                #expect(socket.readAnswer()?.head.hasPrefix("HTTP/1.1 502 ") == true)
            }
            #expect(calls.value == 2)
            #expect(proxy.snapshot.resent == 0)
        }
    }

    @Test func `a kept connection that closes is tried again where that can do no harm`() async throws {
        // Each connection serves one request and closes on the second, unread.
        let worker = try ScriptedWorker { socket, _ in
            _ = socket.readAnswer()
            socket.write(ScriptedWorker.ok("x"))
            _ = socket.readCount(1)
            socket.reset()
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let socket = try proxy.connect()
            for _ in 0..<3 {
                socket.write(ForwardingTests.get())
                #expect(socket.readAnswer()?.body == "x")
            }
            #expect(proxy.snapshot.resent == 2)
            #expect(proxy.snapshot.workers[0].outcomes.workerFailed == 0)
            socket.write(Self.post)
            #expect(socket.readAnswer()?.head.hasPrefix("HTTP/1.1 502 ") == true)
        }
    }

    @Test func `an answer that is cut short is cut short for the client, too`() async throws {
        let worker = try ScriptedWorker { socket, _ in
            guard let head = socket.readHead() else { return }
            let isChunked = head.contains("/chunked ")
            socket.write(
                "HTTP/1.1 200 OK\r\n\(isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 10")\r\n\r\n")
            socket.write(isChunked ? "5\r\nhello\r\n" : "hello")
            socket.close()
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            for path in ["/run/f", "/run/f/chunked"] {
                let answer = try proxy.exchange(ForwardingTests.get(path))
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(!answer.contains("0\r\n\r\n"))
                try await eventually("nothing is under way") { proxy.isQuiet }
            }
            #expect(proxy.snapshot.workers[0].outcomes.workerFailed == 2)
        }
    }

    @Test func `a worker that says nothing in time is given up`() async throws {
        let worker = try ScriptedWorker { socket, _ in
            guard let head = socket.readHead() else { return }
            if head.contains("/begun ") { socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal") }
            _ = socket.readToEnd()
        }
        defer { worker.stop() }
        let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))
        try await RunningProxy.with([try worker.specification()], time: time) { proxy in
            let silent = try proxy.connect()
            silent.write(ForwardingTests.get())
            let begun = try proxy.connect()
            begun.write(ForwardingTests.get("/run/f/begun"))
            #expect(begun.readHead() != nil)
            time.advance(byNanoseconds: 61_000_000_000)
            #expect(begun.readToEnd().count <= 3)
            #expect(proxy.snapshot.workers[0].inFlight == 1)
            time.advance(byNanoseconds: 300_000_000_000)
            #expect(silent.readAnswer()?.head.hasPrefix("HTTP/1.1 504 ") == true)
            try await eventually("nothing is under way") { proxy.isQuiet }
        }
    }

    @Test func `a client that goes takes its request along`() async throws {
        let worker = try ScriptedWorker { socket, _ in
            _ = socket.readHead()
            _ = socket.readToEnd()
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification(capacity: 1)]) { proxy in
            let first = try proxy.connect()
            first.write(ForwardingTests.get())
            try await eventually("the worker has it") { proxy.snapshot.workers[0].inFlight == 1 }
            let second = try proxy.connect()
            second.write(ForwardingTests.get())
            try await eventually("the other waits") { proxy.snapshot.waiting == 1 }
            second.reset()
            try await eventually("it waits no more") { proxy.snapshot.waiting == 0 }
            first.reset()
            try await eventually("nothing is under way") { proxy.isQuiet && proxy.snapshot.clientConnections == 0 }
            #expect(proxy.snapshot.workers[0].outcomes.abandoned == 1)
            try await eventually("the worker's connection is closed") { proxy.snapshot.workerConnections == 0 }
        }
    }

    @Test func `a worker that is full is left alone, and the body goes elsewhere`() async throws {
        let full = try ScriptedWorker { _, _ in
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1000\r\nContent-Length: 4\r\n\r\nfull"
        }
        let free = try ScriptedWorker { _, body in ScriptedWorker.ok(body) }
        defer {
            full.stop()
            free.stop()
        }
        try await RunningProxy.with([try full.specification(), try free.specification()]) { proxy in
            let socket = try proxy.connect()
            for _ in 0..<4 {
                socket.write(Self.post)
                #expect(socket.readAnswer()?.body == "hello")
            }
            #expect(full.received.count == 1)
            #expect(proxy.snapshot.workers[0].outcomes.full == 1)
            #expect(proxy.snapshot.resent == 1)
        }
    }

    @Test func `when all are full requests wait, and when it is too long they are refused`() async throws {
        let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))
        let answers = Counter()
        let worker = try ScriptedWorker { _, body in
            answers.add()
            return answers.value == 1
                ? "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
                : ScriptedWorker.ok(body)
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()], time: time) { proxy in
            let socket = try proxy.connect()
            socket.write(Self.post)
            try await eventually("it waits") { proxy.snapshot.waiting == 1 }
            time.advance(byNanoseconds: 5_000_000_000)
            #expect(socket.readAnswer()?.body == "hello")
            #expect(answers.value == 2)
        }
    }

    @Test func `health checks take a worker out and bring it back`() async throws {
        let isWell = Counter()
        let worker = try ScriptedWorker { head, _ in
            guard head.hasPrefix("GET /status ") else { return ScriptedWorker.ok("x") }
            return isWell.value == 1 ? ScriptedWorker.ok("ready\n") : "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
        }
        defer { worker.stop() }
        try await RunningProxy.with(
            [try worker.specification()],
            {
                $0.healthCheck = HealthCheck(
                    intervalSeconds: 0.02, timeoutSeconds: 60, healthyAfter: 2, unhealthyAfter: 3)
            }
        ) { proxy in
            try await eventually("it is taken out") {
                if case .ejected = proxy.snapshot.workers[0].state { true } else { false }
            }
            isWell.add()
            try await eventually("it is back") {
                if case .probation = proxy.snapshot.workers[0].state { true } else { false }
            }
            #expect(try proxy.exchange(ForwardingTests.get("/run/f", "Connection: close\r\n")).hasSuffix("\r\n\r\nx"))
            guard case .active = proxy.snapshot.workers[0].state else {
                Issue.record("it is \(proxy.snapshot.workers[0].state)")
                return
            }
        }
    }
}
