import FlyingSocks
import Foundation
import HTTPClient
import Synchronization
import TestSupport
import Testing

@testable import Workflows

/// What a receiver of callbacks puts up with.
@Suite(.timeLimit(.minutes(10))) struct CallbackReceiverTests {
    /// A receiver that runs, where it listens, and what was brought to it.
    private struct Rig {
        let receiver: CallbackReceiver
        let transport: HTTPTransport
        let port: UInt16
        let delivered: Delivered

        func connect() async throws -> AsyncSocket {
            try await AsyncSocket.connected(to: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), timeout: 300)
        }

        func post(_ bytes: Int) async -> Int? {
            let place = CallbackReceiver.Place(
                secret: "s", attempt: CallAttempt(CallID(run: RunID(rawValue: "r"), number: 1), attempt: 1))
            return await transport.post(
                Array(repeating: 0x20, count: bytes), to: "http://127.0.0.1:\(port)\(place.path)", headers: [:])
        }
    }

    private final class Delivered: Sendable {
        let sizes = Mutex<[Int]>([])
    }

    private func with(
        _ bounds: CallbackReceiver.Bounds,
        pause: @escaping @Sendable (UInt64) async throws -> Void = { try await Task.sleep(nanoseconds: $0) },
        _ body: @Sendable (Rig) async throws -> Void
    ) async throws {
        let (transport, delivered) = (HTTPTransport(), Delivered())
        let receiver = try await CallbackReceiver(listeningOn: CallbackAddress(), bounds: bounds, pause: pause) {
            let size = $0.answer.body.count
            delivered.sizes.withLock { $0.append(size) }
            return true
        }
        try await withRunning([{ try await transport.run() }, { try await receiver.run() }]) {
            try await body(
                Rig(receiver: receiver, transport: transport, port: try await receiver.port(), delivered: delivered))
        }
    }

    /// Waits until the other side has closed the connection.
    private func isClosed(_ socket: AsyncSocket) async -> Bool {
        do {
            _ = try await socket.read()
            return false
        } catch {
            return true
        }
    }

    @Test func connectionsThatOnlyWaitAreBounded() async throws {
        let bounds = CallbackReceiver.Bounds(answerBytes: 1_000, connections: 4, silenceNanoseconds: .max / 2)
        try await with(bounds) { rig in
            var held: [AsyncSocket] = []
            for number in 1...4 {
                held.append(try await rig.connect())
                try await eventually("it waits") { rig.receiver.waitingConnections == number }
            }
            for _ in 0..<8 { #expect(await isClosed(try await rig.connect())) }
            #expect(rig.receiver.waitingConnections == 4)
            try held[0].close()
            try await eventually("one is gone") { rig.receiver.waitingConnections == 3 }
            #expect(await rig.post(10) == 200)
            for socket in held.dropFirst() { try socket.close() }
        }
    }

    @Test func aConnectionThatSaysNothingForTooLongIsClosed() async throws {
        let (silence, gate) = AsyncStream<Void>.makeStream()
        let bounds = CallbackReceiver.Bounds(answerBytes: 1_000, silenceNanoseconds: 7)
        try await with(
            bounds,
            pause: { nanoseconds in
                guard nanoseconds == 7 else { return }
                for await _ in silence { return }
                try Task.checkCancellation()
            }
        ) { rig in
            let socket = try await rig.connect()
            try await eventually("it waits") { rig.receiver.waitingConnections == 1 }
            gate.yield()
            #expect(await isClosed(socket))
            try await eventually("none waits") { rig.receiver.waitingConnections == 0 }
        }
    }

    @Test func answersOnTheirWayAreBoundedTogether() async throws {
        let bounds = CallbackReceiver.Bounds(answerBytes: 80_000, bytes: 100_000)
        try await with(bounds) { rig in
            let socket = try await rig.connect()
            let head = "POST /callbacks/s/r/1/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\n"
            try await socket.write(Data(head.utf8) + Data(repeating: 0x20, count: 60_000))
            // What has come of the first answer takes up the room of the second, once it has come: else it would be the
            // second that takes up the first one's.
            try await eventually("most of the first has come") { rig.receiver.arrivingBytes > 50_000 }
            #expect(await rig.post(50_000) == 503)
            #expect(await rig.post(20_000) == 200)
            try await socket.write(Data(repeating: 0x20, count: 10_000))
            try await eventually("the first is whole") { rig.delivered.sizes.withLock { $0.contains(70_000) } }
            #expect(await rig.post(50_000) == 200)
            #expect(await rig.post(80_001) == 413)
            try socket.close()
        }
    }
}
