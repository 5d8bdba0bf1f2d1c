import ControlAPI
import HTTPClient
import TestSupport
import Testing

@testable import HTTPAPI

@Suite("Live values", .timeLimit(.minutes(10)))
struct EventTests {
    /// The lines of a stream of events, one after the other.
    private struct Lines {
        var chunks: HTTPStream.Iterator
        var text = ""

        /// The next line that is not empty; nil at the stream's end.
        mutating func next() async throws -> String? {
            while true {
                guard let end = text.firstRange(of: "\n") else {
                    guard let chunk = try await chunks.next() else { return nil }
                    text += String(decoding: chunk, as: UTF8.self)
                    continue
                }
                let line = String(text[..<end.lowerBound])
                text.removeSubrange(..<end.upperBound)
                if !line.isEmpty { return line }
            }
        }
    }

    private func open(_ path: String, on stand: Stand) async throws -> HTTPStream {
        try await stand.transport.stream(
            HTTPRequest(
                url: "http://127.0.0.1:\(stand.port)\(path)", timeouts: .init(totalMilliseconds: nil),
                maximumResponseBytes: nil))
    }

    @Test func `a topic is told at once, and again when it has changed`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world) { stand async throws in
            let stream = try await open("/api/v1/events?topics=decisions,runs&interval=200", on: stand)
            #expect(stream.head.status == 200 && stream.head.headers["Content-Type"] == "text/event-stream")
            var lines = Lines(chunks: stream.makeAsyncIterator())
            #expect(try await lines.next() == "event: decisions")
            #expect(try await lines.next() == #"data: {"decisions":[]}"#)
            try world.decide(1)
            // Runs are switched off here, so that nothing comes in between.
            #expect(try await lines.next() == "event: decisions")
            #expect(try await lines.next()?.contains(#""workflow":"video""#) == true)
            stream.cancel()
        }
    }

    @Test func `streams are told apart by nothing but their number, which is bounded`() async throws {
        try await Stand.serve(try TestWorld(), ["limits: {eventStreams: 2}"]) { stand async throws in
            let first = try await open("/api/v1/events?topics=policy", on: stand)
            let second = try await open("/api/v1/events?topics=policy", on: stand)
            let third = try await open("/api/v1/events?topics=policy", on: stand)
            #expect(first.head.status == 200 && second.head.status == 200 && third.head.status == 429)
            #expect(third.head.headers["Content-Type"] == "application/problem+json")
            for stream in [first, second, third] { stream.cancel() }
            try await eventually("the streams that were left are closed") {
                let text = try await stand.ask(.get, "/metrics").text
                return text.contains("reeve_http_event_streams 0\n")
            }
        }
    }

    @Test func `a stream ends in peace when the coordinator stops`() async throws {
        var lines: Lines?
        try await Stand.serve(try TestWorld()) { stand async throws in
            let stream = try await open("/api/v1/events?topics=policy", on: stand)
            lines = Lines(chunks: stream.makeAsyncIterator())
            #expect(try await lines?.next() == "event: policy")
        }
        // The stand has shut its server down, which it could not have while the stream was open.
        #expect(try await lines?.next()?.hasPrefix("data: ") == true)
    }

    @Test func `a quiet stream says now and then that it is still there`() async throws {
        let world = try TestWorld()
        let live = LiveAnswers(responder: world.responder(), time: world.time)
        let stream = EventStream(topics: [.policy], intervalNanoseconds: 5_000_000_000, answers: live) { _ in }
        var told: [String] = []
        struct Enough: Error {}
        await #expect(throws: Enough.self) {
            try await stream.run { bytes in
                told.append(String(decoding: bytes, as: UTF8.self))
                if told.count == 3 { throw Enough() }
            }
        }
        #expect(told[0].hasPrefix("event: policy\ndata: {") && told[1...] == [": still here\n\n", ": still here\n\n"])
    }
}
