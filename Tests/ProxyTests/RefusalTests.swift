import Measures
import Routing
import TestSupport
import Testing

@testable import Proxy

@Suite("What the proxy refuses", .timeLimit(.minutes(10)))
struct RefusalTests {
    @Test func `attempts at smuggling are refused and the connection is closed`() async throws {
        let worker = try ScriptedWorker { _, _ in ScriptedWorker.ok("x") }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let smuggled = "GET /run/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
            for (text, status) in RequestHeadTests.refused {
                let answer = try proxy.exchange(text.replacing("/ HTTP", with: "/run/f HTTP") + smuggled)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(text.debugDescription): \(answer.prefix(60))")
                #expect(answer.contains("Connection: close\r\n"))
                #expect(!answer.dropFirst(9).contains("HTTP/1.1 2"), "\(text.debugDescription)")
            }
            #expect(worker.received.isEmpty)
            #expect(proxy.snapshot.refused == [.badRequest: UInt64(RequestHeadTests.refused.count)])
        }
    }

    @Test func `bad chunks never reach a second request`() async throws {
        let worker = try ScriptedWorker { socket, _ in
            while let head = socket.readHead(), head.contains("/run/f ") {
                _ = socket.readThrough("0\r\n\r\n")
                socket.write(ScriptedWorker.ok("x"))
            }
        }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            for (text, _) in BodyTests.bad {
                let start = "POST /run/f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                let answer = try proxy.exchange(start + text + "GET /run/smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 4"), "\(text.prefix(40).debugDescription): \(answer.prefix(60))")
            }
            try await eventually("nothing is under way") { proxy.isQuiet }
            #expect(!worker.received.contains { $0.contains("smuggled") })
        }
    }

    @Test func `large heads, targets and bodies have their own answers`() async throws {
        let worker = try ScriptedWorker { _, _ in ScriptedWorker.ok("x") }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()], { $0.limits.bodyBytes = 100 }) { proxy in
            let long = String(repeating: "a", count: 70_000)
            let fits = String(repeating: "a", count: 65_000)
            #expect(
                try proxy.exchange("GET /run/f HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n").hasPrefix("HTTP/1.1 431 "))
            #expect(
                try proxy.exchange("GET /run/f HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: \(fits)\r\n\r\n")
                    .hasPrefix("HTTP/1.1 200 "))
            #expect(
                try proxy.exchange("GET /run/f?\(fits.prefix(20_000)) HTTP/1.1\r\nHost: a\r\n\r\n").hasPrefix(
                    "HTTP/1.1 414 "))
            #expect(
                try proxy.exchange("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n").hasPrefix(
                    "HTTP/1.1 413 "))
            let chunks =
                "POST /run/f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n\(long.prefix(0x65))\r\n"
            #expect(try proxy.exchange(chunks).hasPrefix("HTTP/1.1 413 "))
            try await eventually("nothing is under way") { proxy.isQuiet }
        }
    }

    @Test func `a head that comes too slowly is given up`() async throws {
        let worker = try ScriptedWorker { _, _ in ScriptedWorker.ok("x") }
        defer { worker.stop() }
        let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))
        try await RunningProxy.with([try worker.specification()], time: time, { $0.timeouts.clientHead = 10 }) {
            proxy in
            let silent = try proxy.connect()
            let slow = try proxy.connect()
            slow.write("GET /run/f HTTP/1.1\r\n")
            let quick = try proxy.connect()
            quick.write(ForwardingTests.get())
            #expect(quick.readAnswer()?.body == "x")
            try await eventually("all three are there") { proxy.snapshot.clientConnections == 3 }
            // Another line now and then does not buy more time.
            for _ in 0..<11 {
                time.advance(byNanoseconds: 1_000_000_000)
                slow.write("X: y\r\n")
            }
            #expect(slow.readToEnd().hasPrefix("HTTP/1.1 408 "))
            #expect(silent.readToEnd() == "")
            quick.write(ForwardingTests.get())
            #expect(quick.readAnswer()?.body == "x")
        }
    }

    @Test func `upgrades and unknown paths are refused with a sentence`() async throws {
        let worker = try ScriptedWorker { _, _ in ScriptedWorker.ok("x") }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let upgrade = "GET /run/f HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            #expect(try proxy.exchange(upgrade).hasPrefix("HTTP/1.1 501 "))
            let declined = "GET /run/f HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n"
            #expect(try proxy.exchange(declined).hasPrefix("HTTP/1.1 200 "))
            #expect(worker.received.allSatisfy { !$0.contains("Upgrade") })
            let unknown = try proxy.exchange("GET /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(unknown.hasPrefix("HTTP/1.1 404 ") && unknown.contains("/run/<name>"))
        }
    }

    @Test func `without workers the answer is 503 with a time`() async throws {
        try await RunningProxy.with([]) { proxy in
            let answer = try proxy.exchange(ForwardingTests.get("/run/f", "Connection: close\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 1\r\n"))
            #expect(proxy.snapshot.refused == [.noWorkers: 1])
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
    ]) func `a worker's answer that cannot be read is 502`(text: String) async throws {
        let worker = try ScriptedWorker { _, _ in text }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let answer = try proxy.exchange(ForwardingTests.get("/run/f", "Connection: close\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 502 "), "\(answer.prefix(60))")
            #expect(proxy.isQuiet)
            #expect(proxy.snapshot.workers[0].outcomes.workerFailed == 1)
        }
    }
}
