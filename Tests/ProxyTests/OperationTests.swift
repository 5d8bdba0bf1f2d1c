import Foundation
import Routing
import TestSupport
import Testing
import Topology

@testable import Proxy

@Suite("A proxy in operation", .timeLimit(.minutes(10)))
struct OperationTests {
    /// A worker that answers when told to.
    static func gated(_ gate: Counter) throws -> ScriptedWorker {
        try ScriptedWorker { socket, _ in
            while let (_, body) = socket.readAnswer() {
                while gate.value == 0 { Thread.sleep(forTimeInterval: 0.005) }
                socket.write(ScriptedWorker.ok(body))
            }
        }
    }

    @Test func `beyond a worker's capacity requests wait in order, beyond the queue they are refused`() async throws {
        let gate = Counter()
        let worker = try Self.gated(gate)
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification(capacity: 2)], { $0.queueCapacity = 3 }) { proxy in
            var sockets: [RawSocket] = []
            for index in 0..<5 {
                let socket = try proxy.connect()
                socket.write("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\(index)")
                sockets.append(socket)
                try await eventually("it is taken in") {
                    proxy.snapshot.workers[0].inFlight + proxy.snapshot.waiting == index + 1
                }
            }
            let refused = try proxy.connect()
            refused.write(ForwardingTests.get())
            let answer = try #require(refused.readAnswer())
            #expect(answer.head.hasPrefix("HTTP/1.1 503 ") && answer.head.contains("Retry-After: "))
            gate.add()
            for (index, socket) in sockets.enumerated() { #expect(socket.readAnswer()?.body == "\(index)") }
            try await eventually("nothing is under way") { proxy.isQuiet }
        }
    }

    /// More clients at once than there may be connections: those beyond wait in the kernel, and nobody is turned away.
    @Test func `beyond the connections there may be nobody is turned away`() async throws {
        let worker = try ScriptedWorker { _, body in
            Thread.sleep(forTimeInterval: 0.02)
            return ScriptedWorker.ok(body)
        }
        defer { worker.stop() }
        let most = Counter()
        try await RunningProxy.with([try worker.specification()], { $0.limits.clientConnections = 10 }) { proxy in
            let sockets = try (0..<100).map { index in
                let socket = try proxy.connect()
                // They keep their connections alive, as clients do.
                socket.write("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\(1_000 + index)")
                return socket
            }
            for socket in sockets {
                let open = proxy.snapshot.clientConnections
                if open > most.value { most.add(open - most.value) }
                #expect(socket.readAnswer()?.head.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
            }
        }
        #expect(most.value <= 10)
    }

    @Test func `what is changed while requests are under way loses none of them`() async throws {
        let gate = Counter()
        let (first, second) = (try Self.gated(gate), try ScriptedWorker { _, _ in ScriptedWorker.ok("second") })
        defer {
            first.stop()
            second.stop()
        }
        let one = try first.specification()
        let other = try second.specification()
        try await RunningProxy.with([one]) { proxy in
            let waiting = try proxy.connect()
            waiting.write("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nfirst")
            try await eventually("the first has it") { proxy.snapshot.workers[0].inFlight == 1 }
            let plan = RoutingPlan(
                workers: [other], balancer: try .named("least-loaded"), balancerSettings: try BalancerSettings())
            proxy.control.apply(plan)
            let socket = try proxy.connect()
            socket.write(ForwardingTests.get())
            #expect(socket.readAnswer()?.body == "second")
            #expect(proxy.snapshot.workers.map(\.inFlight) == [1, 0])
            gate.add()
            #expect(waiting.readAnswer()?.body == "first")
            try await eventually("the removed one is forgotten") { proxy.snapshot.workers.count == 1 }
            // The same plan again changes nothing, a drained worker included.
            #expect(proxy.control.drain(other.address))
            proxy.control.apply(plan)
            socket.write(ForwardingTests.get())
            #expect(socket.readAnswer()?.head.hasPrefix("HTTP/1.1 503 ") == true)
            proxy.control.add(other)
            socket.write(ForwardingTests.get())
            #expect(socket.readAnswer()?.body == "second")
            #expect(proxy.control.remove(one.address) == false)
        }
    }

    @Test func `at shutdown what is under way ends, and nothing new begins`() async throws {
        let gate = Counter()
        let worker = try Self.gated(gate)
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()]) { proxy in
            let silent = try proxy.connect()
            let busy = try proxy.connect()
            busy.write(ForwardingTests.get())
            let last = try proxy.connect()
            last.write("POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nlast")
            try await eventually("both are under way") {
                proxy.snapshot.workers[0].inFlight == 2 && proxy.snapshot.clientConnections == 3
            }
            await proxy.shutDown()
            try await eventually("it listens no more") { (try? proxy.connect()) == nil }
            try await eventually("who has no request under way is let go") { proxy.snapshot.clientConnections == 2 }
            #expect(silent.readToEnd() == "")
            gate.add()
            for socket in [busy, last] {
                let answer = socket.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.contains("Connection: close\r\n"), "\(answer)")
            }
        }
    }

    @Test func `at shutdown what does not end in time is cut off`() async throws {
        let worker = try Self.gated(Counter())
        try await RunningProxy.with([try worker.specification()], { $0.drainSeconds = 0.05 }) { proxy in
            let socket = try proxy.connect()
            socket.write(ForwardingTests.get())
            try await eventually("it is under way") { proxy.snapshot.workers[0].inFlight == 1 }
            await proxy.shutDown()
            #expect(socket.readToEnd() == "")
        }
        worker.stop()
    }

    @Test func `several loops share one router`() async throws {
        let worker = try ScriptedWorker { _, body in ScriptedWorker.ok(body) }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification(capacity: 3)], { $0.eventLoops = 3 }) { proxy in
            let sockets = try (0..<30).map { _ in try proxy.connect() }
            for round in 0..<20 {
                for (index, socket) in sockets.enumerated() {
                    socket.write(
                        "POST /run/f HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\(1_000 + round * 30 + index)")
                }
                for (index, socket) in sockets.enumerated() {
                    #expect(socket.readAnswer()?.body == "\(1_000 + round * 30 + index)")
                }
            }
            try await eventually("nothing is under way") { proxy.isQuiet }
            #expect(proxy.snapshot.workers[0].outcomes.succeeded == 600)
        }
    }

    @Test(arguments: AccessLogSettings.Format.allCases) func `each request leaves a line`(
        format: AccessLogSettings.Format
    ) async throws {
        let worker = try ScriptedWorker { _, _ in ScriptedWorker.ok("hello") }
        defer { worker.stop() }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-access-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await RunningProxy.with(
            [try worker.specification()], { $0.accessLog = AccessLogSettings(path: path, format: format) }
        ) { proxy in
            let socket = try proxy.connect()
            socket.write(ForwardingTests.get("/run/f?q=\"x\"", "User-Agent: t\\\"\r\nX-Request-Id: r1\r\n"))
            #expect(socket.readAnswer()?.body == "hello")
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasSuffix("\n") && text.filter { $0 == "\n" }.count == 1)
        switch format {
        case .json:
            let line = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(line["target"] as? String == "/run/f?q=\"x\"" && line["agent"] as? String == "t\\\"")
            #expect(line["status"] as? Int == 200 && line["bytes"] as? Int == 5 && line["request"] as? String == "r1")
            #expect(line["function"] as? String == "f" && line["client"] as? String == "127.0.0.1")
        case .combined:
            #expect(text.hasPrefix("127.0.0.1 - - [") && text.contains("] \"GET /run/f?q=\\\"x\\\" HTTP/1.1\" 200 5 "))
        }
    }

    @Test func `functions beyond the bound are counted as one`() async throws {
        let worker = try ScriptedWorker { _, _ in ScriptedWorker.ok("x") }
        defer { worker.stop() }
        try await RunningProxy.with([try worker.specification()], { $0.limits.measuredFunctions = 2 }) { proxy in
            let socket = try proxy.connect()
            for name in ["a", "b", "c", "d", "a"] {
                socket.write(ForwardingTests.get("/run/\(name)"))
                _ = socket.readAnswer()
            }
            let functions = proxy.snapshot.functions
            #expect(functions.map { $0.name?.rawValue } == ["a", "b", nil])
            #expect(functions.map(\.outcomes.succeeded) == [2, 1, 2])
        }
    }

    @Test func `times of day are as logs write them`() {
        #expect(UTCTime(secondsSince1970: 0).commonLog == "01/Jan/1970:00:00:00 +0000")
        #expect(UTCTime(secondsSince1970: 951_782_399.9).commonLog == "28/Feb/2000:23:59:59 +0000")
        #expect(UTCTime(secondsSince1970: 951_782_400).commonLog == "29/Feb/2000:00:00:00 +0000")
        #expect(UTCTime(secondsSince1970: 1_798_761_599).commonLog == "31/Dec/2026:23:59:59 +0000")
    }

    @Test func `settings that cannot be are refused with a sentence`() throws {
        let address = try ListenAddress("127.0.0.1:0")
        let changes: [(inout ProxySettings) -> Void] = [
            { $0.listen = [] }, { $0.limits.headBytes = 0 }, { $0.limits.clientConnections = 0 },
            { $0.timeouts.connect = 0 },
            { $0.timeouts.response = .infinity }, { $0.queueCapacity = -1 }, { $0.retries.attempts = 0 },
            { $0.eventLoops = 0 }, { $0.drainSeconds = -1 }, { $0.healthCheck = HealthCheck(path: "status") },
            { $0.healthCheck = HealthCheck(path: "/a b") }, { $0.connectionsPerWorker = 0 },
        ]
        for change in changes {
            var settings = ProxySettings(listen: [address])
            change(&settings)
            #expect(throws: ProxyError.self) { try settings.validate() }
        }
        #expect(throws: Never.self) { try ProxySettings(listen: [address]).validate() }
        for text in ["", "localhost", "1.2.3.4:x", ":80", "1.2.3.4:65536"] {
            #expect(throws: ProxyError.self) { try ListenAddress(text) }
        }
        #expect(try ListenAddress("[::1]:80").description == "[::1]:80")
    }
}
