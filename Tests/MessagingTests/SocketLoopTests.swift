import CZeroMQ
import Foundation
import Messaging
import Synchronization
import TestSupport
import Testing

@Suite("The socket loop", .timeLimit(.minutes(10)))
struct SocketLoopTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private var local: String { "ipc://\(folder.path)/socket" }

    @Test func `work posted before and during the run is done in order, on the loop's thread`() async throws {
        let loop = try SocketLoop<RecordingHandler>(name: "loop")
        let done = Mutex<[Int]>([])
        for number in 0..<3 { loop.post { _, _ in done.withLock { $0.append(number) } } }
        let record = Record()
        async let run: Void = loop.run(roles: [.localRouter(bind: local)]) { _ in RecordingHandler(record: record) }
        try await eventually("the work is done") { done.withLock { $0.count == 3 } }
        loop.post { _, _ in done.withLock { $0.append(3) } }
        loop.stop()
        try await run
        #expect(done.withLock { $0 } == [0, 1, 2, 3])
        #expect(record.now.ends == 1)
    }

    @Test func `work posted after the end is dropped`() async throws {
        let loop = try SocketLoop<RecordingHandler>(name: "loop")
        loop.stop()
        try await loop.run(roles: [.localRouter(bind: local)]) { _ in RecordingHandler(record: Record()) }
        weak var dropped: Record?
        do {
            let held = Record()
            dropped = held
            loop.post { _, _ in held.change { $0.ends = 99 } }
        }
        #expect(dropped == nil, "what was posted is neither done nor kept")
    }

    @Test func `every turn is told, first when the sockets are open, and a quiet loop goes on turning`() async throws {
        let record = Record()
        let openAtTurns = Mutex<[Int]>([])
        let loop = try SocketLoop<RecordingHandler>(name: "loop") {
            openAtTurns.withLock { $0.append(record.now.endpoints.count) }
        }
        async let run: Void = loop.run(roles: [.localRouter(bind: local)]) { sockets in
            let endpoint = try sockets.boundEndpoint(of: 0)
            record.change { $0.endpoints = [endpoint] }
            return RecordingHandler(record: record, milliseconds: 3_600_000)
        }
        try await eventually("an hour's wait is cut into turns") { openAtTurns.withLock { $0.count >= 3 } }
        loop.stop()
        try await run
        #expect(openAtTurns.withLock { $0 }.allSatisfy { $0 == 1 }, "no turn before the socket is open")
    }

    @Test func `a loop that never opens its sockets has no turn`() async throws {
        let turns = Mutex(0)
        let loop = try SocketLoop<RecordingHandler>(name: "loop") { turns.withLock { $0 += 1 } }
        await #expect(throws: MessagingError.self) {
            try await loop.run(roles: [.localRouter(bind: "nonsense")]) { _ in RecordingHandler(record: Record()) }
        }
        #expect(turns.withLock { $0 } == 0)
    }

    @Test func `cancelling the task ends the loop`() async throws {
        let loop = try SocketLoop<RecordingHandler>(name: "loop")
        let record = Record()
        let task = Task { [local] in
            try await loop.run(roles: [.localRouter(bind: local)]) { _ in
                record.change { $0.endpoints = ["open"] }
                return RecordingHandler(record: record)
            }
        }
        try await eventually("the loop runs") { !record.now.endpoints.isEmpty }
        task.cancel()
        try await task.value
        #expect(record.now.ends == 1)
    }

    @Test func `a handler's failure ends the loop and comes out of it`() async throws {
        await #expect(throws: HandlerFailure.self) {
            try await withServer([.localRouter(bind: local)]) { record, _ in
                try await withClient(.localDealer(connect: local), saying: "fail") { _ in
                    try await eventually("the loop has ended") { record.now.ends == 1 }
                }
            }
        }
    }

    @Test(arguments: ["tcp://127.0.0.1:99999", "nonsense", "ipc:///nowhere/at/all", "tcp://192.0.2.1:5555"])
    func `a socket that cannot be had is an error that names the endpoint`(_ endpoint: String) async throws {
        let loop = try SocketLoop<RecordingHandler>(name: "loop")
        let error = await #expect(throws: MessagingError.self) {
            try await loop.run(roles: [.localRouter(bind: endpoint)]) { _ in RecordingHandler(record: Record()) }
        }
        #expect(error?.code == .socket)
        #expect(error?.description.contains(endpoint) == true, "\(String(describing: error))")
    }

    @Test func `an address that is taken is an error that names it`() async throws {
        try await withServer([.localRouter(bind: "tcp://127.0.0.1:*")]) { record, _ in
            let endpoint = record.now.endpoints[0]
            let loop = try SocketLoop<RecordingHandler>(name: "second")
            let error = await #expect(throws: MessagingError.self) {
                try await loop.run(roles: [.localRouter(bind: endpoint)]) { _ in RecordingHandler(record: Record()) }
            }
            #expect(error?.description.contains(endpoint) == true)
        }
    }

    @Test func `a question is answered, and one without an answer ends in a timeout`() async throws {
        try await withServer([.localRouter(bind: local)]) { _, _ in
            let dealer = try BlockingDealer(role: .localDealer(connect: local))
            let answer = try dealer.ask(Array("echo".utf8), timeoutMilliseconds: 300_000) { String(decoding: $0, as: UTF8.self) }
            #expect(answer == "echo")
            do {
                _ = try dealer.ask(Array("silence".utf8), timeoutMilliseconds: 1) { $0.count }
                Issue.record("silence was answered")
            } catch let error as MessagingError {
                #expect(error.code == .timeout)
                #expect(error.description.contains(local))
            }
        }
    }

    @Test func `a message of several frames is counted and dropped, and the next one is taken`() async throws {
        try await withServer([.localRouter(bind: local)]) { record, _ in
            let context = try #require(zmq_ctx_new())
            defer { zmq_ctx_term(context) }
            let peer = try #require(zmq_socket(context, ZMQ_DEALER))
            defer { zmq_close(peer) }
            try #require(zmq_connect(peer, local) == 0)
            for (text, flags) in [("a", ZMQ_SNDMORE), ("b", 0), ("c", 0)] { #expect(zmq_send(peer, text, 1, flags) == 1) }
            try await eventually("the single frame arrives") { record.count(of: "c") == 1 }
            try await eventually("the other is counted") { record.now.refusals.malformed == 1 }
            #expect(record.now.messages.map(\.text) == ["c"])
        }
    }

    @Test func `a message that is too large disconnects its sender and harms nobody else`() async throws {
        try await withServer([.localRouter(bind: local)]) { record, _ in
            let tooLarge = [UInt8](repeating: 0x61, count: SocketSet.maximumMessageBytes + 1)
            try await withClient(.localDealer(connect: local), saying: tooLarge) { _ in
                try await withClient(.localDealer(connect: local), saying: "echo") { client in
                    try await eventually("others are served") { client.count(of: "echo") >= 20 }
                }
            }
            #expect(record.now.messages.allSatisfy { $0.text == "echo" })
        }
    }

    @Test func `garbage on the port leaves the loop alive and others served`() async throws {
        let keys = try CurveKeyPair.generate()
        let client = try CurveKeyPair.generate()
        try KeyFiles.allow(client.publicKey, name: "w01", in: folder.path)
        let authenticator = Authenticator(domains: ["telemetry": try AllowList(folder: folder.path)])
        let role = SocketRole.curveRouter(bind: "tcp://127.0.0.1:*", keys: keys, domain: "telemetry")
        try await withServer([role], authenticator: authenticator) { record, _ in
            let endpoint = record.now.endpoints[0]
            let greeting: [UInt8] =
                [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0] + Array("CURVE".utf8) + [UInt8](repeating: 0, count: 47)
            var random = SystemRandomNumberGenerator()
            let noise = (0..<8).map { _ in (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &random) } }
            let garbage =
                noise + [Array("GET / HTTP/1.1\r\n\r\n".utf8), Array(greeting.prefix(11)), Array(greeting.prefix(33)), greeting]
                + noise.map { greeting + $0 } + noise.map { greeting + [4, 200, 5] + Array("HELLO".utf8) + $0 }
            var open: [RawConnection] = []
            for bytes in garbage {
                let connection = try RawConnection(to: endpoint)
                // A peer that is cut off in the middle of its garbage has been refused, which is as good.
                try? connection.send(bytes)
                open.append(connection)
            }
            let dealer = SocketRole.curveDealer(connect: endpoint, keys: client, serverKey: keys.publicKey)
            try await withClient(dealer, saying: "echo") { client in
                try await eventually("others are served") { client.count(of: "echo") >= 5 }
            }
            #expect(record.now.messages.allSatisfy { $0.sender == "w01" && $0.text == "echo" })
            for connection in open { connection.hangUp() }
        }
    }
}
