import Foundation
import Messaging
import Synchronization
import TestSupport
import Testing

/// What a loop's handler has seen, readable from the test.
final class Record: Sendable {
    struct State {
        var messages: [(sender: String?, socket: Int, text: String)] = []
        var refusals: (connections: UInt64, messages: UInt64, malformed: UInt64) = (0, 0, 0)
        var log: [String] = []
        var endpoints: [String] = []
        var ends = 0
    }

    private let state = Mutex(State())
    var now: State { state.withLock { $0 } }
    func change(_ change: (inout sending State) -> Void) { state.withLock { change(&$0) } }
    func count(of text: String) -> Int { now.messages.count { $0.text == text } }
}

/// Records what arrives, answers "echo" with the same, and reads changed allow-lists again at each turn.
struct RecordingHandler: SocketLoopHandler {
    let record: Record
    var milliseconds = 10

    mutating func receive(from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet) throws {
        let text = String(decoding: message.payload, as: UTF8.self)
        let sender = message.sender?.name
        record.change { $0.messages.append((sender, socket, text)) }
        if let peer = message.peer, text == "echo" { _ = try sockets.send(Array("echo".utf8), on: socket, to: peer) }
        if text == "fail" { throw HandlerFailure() }
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        let lines = sockets.refreshAllowLists()
        let refusals = sockets.refusals
        record.change { state in
            state.log += lines
            state.refusals = refusals
        }
        return milliseconds
    }

    mutating func end(in sockets: borrowing SocketSet) {
        record.change { $0.ends += 1 }
    }
}

struct HandlerFailure: Error {}

/// A loop with recording routers, running for as long as `body` does.
func withServer(
    _ roles: [SocketRole], authenticator: Authenticator? = nil, _ record: Record = Record(),
    _ body: (Record, SocketLoop<RecordingHandler>) async throws -> Void
) async throws {
    let loop = try SocketLoop<RecordingHandler>(name: "server")
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            try await loop.run(roles: roles, authenticator: authenticator) { sockets in
                let endpoints = try roles.indices.map { index in try sockets.boundEndpoint(of: index) }
                record.change { $0.endpoints = endpoints }
                return RecordingHandler(record: record)
            }
        }
        try await eventually("the server listens") { !record.now.endpoints.isEmpty }
        try await body(record, loop)
        loop.stop()
        try await group.waitForAll()
    }
}

/// A DEALER that says `text` again and again, every 20 ms, for as long as it runs.
struct RepeatingHandler: SocketLoopHandler {
    let text: [UInt8]
    let record: Record

    mutating func receive(from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet) throws {
        let answer = String(decoding: message.payload, as: UTF8.self)
        record.change { $0.messages.append((nil, socket, answer)) }
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        _ = try sockets.send(text, on: 0)
        return 20
    }
}

/// Runs a client that says `text` over and over during `body`.
func withClient(
    _ role: SocketRole, saying text: String, _ body: (Record) async throws -> Void
) async throws {
    try await withClient(role, saying: Array(text.utf8), body)
}

/// Runs a client that says `bytes` over and over during `body`.
func withClient(
    _ role: SocketRole, saying bytes: [UInt8], _ body: (Record) async throws -> Void
) async throws {
    let loop = try SocketLoop<RepeatingHandler>(name: "client")
    let record = Record()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await loop.run(roles: [role]) { _ in RepeatingHandler(text: bytes, record: record) } }
        try await body(record)
        loop.stop()
        try await group.waitForAll()
    }
}
