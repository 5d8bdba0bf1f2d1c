import Foundation
import HTTPClient
import Influx
import TestSupport
import Testing

@Suite(
    "A real InfluxDB", .enabled(if: ProcessInfo.processInfo.environment["REEVE_TEST_INTEGRATIONS"] == "1"),
    .timeLimit(.minutes(15)))
struct RealInfluxTests {
    /// How the database goes away and comes back.
    enum Absence: String, CaseIterable, Sendable {
        case killed, frozen, stopped

        func begin(_ server: InfluxServer) {
            switch self {
            case .killed: server.kill(SIGKILL)
            case .frozen: server.kill(SIGSTOP)
            case .stopped: server.kill(SIGTERM)
            }
        }

        func end(_ server: InfluxServer) async throws {
            switch self {
            case .killed, .stopped: try await server.start()
            case .frozen: server.kill(SIGCONT)
            }
        }
    }

    /// Runs a server of its own, with database `reeve`, beside a transport for questions to it.
    private func withServer(
        authenticates: Bool = false, _ body: (InfluxServer) async throws -> Void
    ) async throws {
        let transport = HTTPTransport()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transport.run() }
            let result: Result<Void, any Error>
            do {
                let server = try InfluxServer(authenticates: authenticates, over: transport)
                defer { server.kill(SIGKILL) }
                try await server.start()
                if !authenticates { _ = try await server.rows("CREATE DATABASE reeve") }
                result = .success(try await body(server))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            try? await group.waitForAll()
            try result.get()
        }
    }

    private func destination(
        _ server: InfluxServer, _ credential: InfluxDestination.Credential = .none
    ) -> InfluxDestination {
        InfluxDestination(
            url: server.url, place: .database("reeve", retentionPolicy: nil), credential: credential,
            timeoutMilliseconds: 2_000)
    }

    @Test(arguments: Absence.allCases)
    func `goes away for a minute and returns, and nothing is lost`(absence: Absence) async throws {
        try await withServer { server in
            let points = NumberedPoints(atEachLook: 20)
            let transport = HTTPTransport()
            let writer = WriterBench.writer(to: destination(server), over: transport, collect: { points.look() })
            try await WriterBench.run(writer, transport) {
                try await eventually("points are written") { writer.counts.written > 100 }
                absence.begin(server)
                let clock = ContinuousClock()
                let gone = clock.now
                try await eventually("it was away for a minute, and points wait") {
                    clock.now - gone > .seconds(60) && writer.counts.waiting > 1_000
                }
                #expect(writer.counts.retries[.unreachable] ?? 0 > 3)
                try await absence.end(server)
                try await eventually("what waited is written: \(writer.counts)") { writer.counts.waiting < 200 }
            }
            let counts = writer.counts
            #expect(counts.dropped.isEmpty && counts.written == points.count && counts.waiting == 0)
            let (count, last) = (Double(points.count), Double(points.count))
            let row = try await server.rows("SELECT count(n), sum(n), max(n), sum(half) FROM reeve_test").first
            #expect(
                row?.dropFirst().compactMap(Double.init) == [count, last * (last + 1) / 2, last, last * (last + 1) / 4],
                "\(row ?? []) of \(count)")
        }
    }

    @Test func `what does not fit in the queue is the oldest, and is counted`() async throws {
        try await withServer { server in
            server.kill(SIGTERM)
            let points = NumberedPoints(atEachLook: 50, most: 2_000)
            let transport = HTTPTransport()
            let writer = WriterBench.writer(
                to: destination(server), over: transport, limits: .init(bytes: 20_000, batchLines: 100),
                collect: { points.look() })
            try await WriterBench.run(writer, transport) {
                try await eventually("all are made") { writer.counts.added == 2_000 }
                try await server.start()
                try await eventually("what waited is written") { writer.counts.waiting == 0 }
            }
            let dropped = writer.counts.dropped[.queueFull] ?? 0
            #expect(dropped > 1_000 && writer.counts.dropped.count == 1 && dropped + writer.counts.written == 2_000)
            let row = try await server.rows("SELECT count(n), min(n), max(n) FROM reeve_test").first
            #expect(row?.dropFirst().compactMap(UInt64.init) == [2_000 - dropped, dropped + 1, 2_000], "\(row ?? [])")
        }
    }

    @Test func `reads back every text, number and tag as it was written`() async throws {
        try await withServer { server in
            let texts = ["plain", "a b", "a,b", "a=b", "a\"b", "ä€😀", "'x'", "#x", "a/b:1"]
            let points = texts.enumerated().map { index, text in
                InfluxPoint(
                    "m \(text)", tags: [("tag \(text)", text)],
                    fields: [
                        ("field \(text)", .text(text + "\\")), ("f", .float(0.1 + Double(index))),
                        ("i", .integer(.max - Int64(index))), ("b", .boolean(index % 2 == 0)), ("gone", .float(.nan)),
                    ], unixNanoseconds: 1_700_000_000_000_000_000)
            }
            let transport = HTTPTransport()
            let writer = WriterBench.writer(to: destination(server), over: transport, collect: { points })
            try await WriterBench.run(writer, transport) {
                try await eventually("they are written") { writer.counts.written > UInt64(texts.count) }
            }
            #expect(writer.counts.dropped.isEmpty, "\(writer.counts)")
            for (index, text) in texts.enumerated() {
                func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\\\""))\"" }
                let fields = ["field \(text)", "f", "i", "b", "tag \(text)"].map(quoted).joined(separator: ",")
                let rows = try await server.rows("SELECT \(fields) FROM \(quoted("m \(text)"))")
                #expect(rows.count == 1, "\(text): written again, a point replaces itself")
                let expected = [
                    "1700000000000", text + "\\", "\(0.1 + Double(index))", "\(Int64.max - Int64(index))",
                    index % 2 == 0 ? "1" : "0", text,
                ]
                #expect(rows.first == expected, "\(text): \(rows)")
            }
        }
    }

    @Test func `what it refuses for good is dropped and counted, and the rest of the batch is written`() async throws {
        try await withServer { server in
            func point(_ number: Int, _ value: InfluxPoint.Value) -> InfluxPoint {
                InfluxPoint("m", tags: [], fields: [("v", value)], unixNanoseconds: Int64(number) * 1_000_000)
            }
            let transport = HTTPTransport()
            let batches = [[point(1, .float(1))], [point(2, .float(2)), point(3, .integer(3)), point(4, .float(4))]]
            let looks = NumberedPoints(atEachLook: 1)
            let writer = WriterBench.writer(
                to: destination(server), over: transport,
                collect: { looks.look().isEmpty ? [] : looks.count <= 2 ? batches[looks.count - 1] : [] })
            try await WriterBench.run(writer, transport) {
                try await eventually("all is dealt with") { writer.counts.added == 4 && writer.counts.waiting == 0 }
            }
            #expect(writer.counts.written == 3 && writer.counts.dropped == [.partialWrite: 1], "\(writer.counts)")
            #expect(try await server.rows("SELECT v FROM m").map { $0[1] } == ["1", "2", "4"])
        }
    }

    @Test func `a database that is made later, and a password that is mended later, lose nothing`() async throws {
        try await withServer(authenticates: true) { server in
            let folder = try TemporaryFolder()
            try folder.write("reeve:wrong\n", to: "credentials")
            _ = try await server.rows("CREATE USER reeve WITH PASSWORD 'right' WITH ALL PRIVILEGES")
            let points = NumberedPoints(atEachLook: 5)
            let transport = HTTPTransport()
            let writer = WriterBench.writer(
                to: destination(server, .password(path: "\(folder.path)/credentials")), over: transport,
                collect: { points.look() })
            try await WriterBench.run(writer, transport) {
                try await eventually("it does not let us write") { writer.counts.retries[.access] ?? 0 > 0 }
                try folder.write("reeve:right\n", to: "credentials")
                try await eventually("it has no such database") { writer.counts.retries[.missing] ?? 0 > 0 }
                _ = try await server.rows("CREATE DATABASE reeve", user: ("reeve", "right"))
                try await eventually("points are written") { writer.counts.written > 0 && writer.counts.waiting < 50 }
            }
            #expect(writer.counts.dropped.isEmpty && writer.counts.written == points.count)
            let row = try await server.rows("SELECT count(n) FROM reeve_test", user: ("reeve", "right")).first
            #expect(row?.last == "\(points.count)")
        }
    }
}
