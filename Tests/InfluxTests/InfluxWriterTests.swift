import Foundation
import HTTPClient
import Influx
import TestSupport
import Testing

@Suite("The writer", .timeLimit(.minutes(10)))
struct InfluxWriterTests {
    /// Has `count` points written to a database that answers by `script`; returns what it saw and what was counted.
    private func write(
        _ count: Int, to script: [ScriptedDatabase.Answer],
        _ destination: (String) -> InfluxDestination = { .init(url: $0, place: .database("reeve", retentionPolicy: nil)) },
        limits: LineQueue.Limits = .init()
    ) async throws -> (seen: [ScriptedDatabase.Seen], counts: InfluxCounts) {
        let database = try await ScriptedDatabase(script)
        let points = NumberedPoints(atEachLook: count, most: count)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.run() }
            defer { group.cancelAll() }
            let transport = HTTPTransport()
            let writer = WriterBench.writer(
                to: destination(try await database.url()), over: transport, limits: limits, collect: { points.look() })
            try await WriterBench.run(writer, transport) {
                try await eventually("nothing waits any more: \(writer.counts) \(database.seen.count)") {
                    points.count == count && writer.counts.added == count && writer.counts.waiting == 0
                }
            }
            return (database.seen, writer.counts)
        }
    }

    @Test func `speaks to a database of version 1`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("reeve:pass:word\n", to: "credentials")
        let (seen, counts) = try await write(2, to: [.init()]) {
            InfluxDestination(
                url: $0, place: .database("re&eve", retentionPolicy: "a week"),
                credential: .password(path: "\(folder.path)/credentials"))
        }
        #expect(seen.count == 1 && counts.written == 2 && counts.batches == 1)
        #expect(seen[0].method == "POST" && seen[0].path == "/write")
        #expect(seen[0].query == ["db": "re&eve", "rp": "a week", "precision": "ms"])
        #expect(seen[0].authorization == "Basic \(Data("reeve:pass:word".utf8).base64EncodedString())")
        #expect(
            seen[0].body == "reeve_test,node=w01 n=1i,half=0.5 1700000000001\nreeve_test,node=w01 n=2i,half=1.0 1700000000002\n")
    }

    @Test func `speaks to a bucket of version 2`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("s3cret-token==\n", to: "token")
        let (seen, counts) = try await write(1, to: [.init()]) {
            InfluxDestination(
                url: $0, place: .bucket("nodes", organization: "the lab"), credential: .token(path: "\(folder.path)/token"))
        }
        #expect(seen.count == 1 && counts.written == 1)
        #expect(seen[0].method == "POST" && seen[0].path == "/api/v2/write")
        #expect(seen[0].query == ["org": "the lab", "bucket": "nodes", "precision": "ms"])
        #expect(seen[0].authorization == "Token s3cret-token==")
    }

    @Test func `sends the same batch again until it is written`() async throws {
        let (seen, counts) = try await write(
            3, to: [.init(status: 503), .init(status: 429, fields: ["Retry-After": "0"]), .init(status: 404), .init()])
        #expect(seen.count == 4 && Set(seen.map(\.body)).count == 1)
        #expect(counts.retries == [.serverError: 1, .busy: 1, .missing: 1])
        #expect(counts.written == 3 && counts.dropped.isEmpty)
    }

    @Test func `does not send again what would never be written`() async throws {
        let (seen, counts) = try await write(3, to: [.init(status: 400, body: #"{"error":"unable to parse"}"#)])
        #expect(seen.count == 1 && counts.dropped == [.malformed: 3] && counts.written == 0)
    }

    @Test func `halves what is too large`() async throws {
        let (seen, counts) = try await write(4, to: [.init(status: 413), .init()])
        #expect(seen.count == 3 && counts.written == 4, "\(seen.map(\.body))")
    }

    @Test func `sends nothing without its credential, and goes on when it has one again`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("token-one\n", to: "token", mode: 0o604)
        let database = try await ScriptedDatabase()
        let points = NumberedPoints(atEachLook: 1, most: 5)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.run() }
            defer { group.cancelAll() }
            let transport = HTTPTransport()
            let destination = InfluxDestination(
                url: try await database.url(), place: .bucket("b", organization: "o"),
                credential: .token(path: "\(folder.path)/token"))
            let writer = WriterBench.writer(to: destination, over: transport, collect: { points.look() })
            try await WriterBench.run(writer, transport) {
                try await eventually("points wait") {
                    writer.counts.waiting == 5 && writer.counts.retries[.access] ?? 0 > 1
                }
                #expect(database.seen.isEmpty)
                try folder.write("token-two\n", to: "token", mode: 0o640)
                try await eventually("they are written") { writer.counts.written == 5 }
            }
            #expect(database.seen.allSatisfy { $0.authorization == "Token token-two" })
        }
    }

    @Test func `at the end the rest is written`() async throws {
        let database = try await ScriptedDatabase()
        let points = NumberedPoints(atEachLook: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.run() }
            defer { group.cancelAll() }
            let transport = HTTPTransport()
            let destination = InfluxDestination(
                url: try await database.url(), place: .database("reeve", retentionPolicy: nil))
            let writer = WriterBench.writer(to: destination, over: transport, collect: { points.look() })
            try await WriterBench.run(writer, transport) {
                try await eventually("some are written") { writer.counts.written > 3 }
            }
            let lines = Set(database.seen.flatMap { $0.body.split(separator: "\n") })
            #expect(lines.count == points.count && writer.counts.dropped.isEmpty)
        }
    }

    @Test func `at the end what a database that is away has not taken is counted`() async throws {
        let points = NumberedPoints(atEachLook: 1)
        let transport = HTTPTransport()
        // Nobody listens on port 1.
        let destination = InfluxDestination(url: "http://127.0.0.1:1", place: .database("reeve", retentionPolicy: nil))
        let writer = WriterBench.writer(to: destination, over: transport, collect: { points.look() })
        try await WriterBench.run(writer, transport) {
            try await eventually("it was tried") { writer.counts.retries[.unreachable] ?? 0 > 1 }
        }
        #expect(writer.counts.dropped == [.stopped: UInt64(points.count)] && writer.counts.waiting == 0)
    }

    @Test(arguments: ["", "\n", "user\n", ":x\n", "user:pass\nmore\n", "user:\u{7}\n"])
    func `a file without a credential is refused, and shown nothing of`(text: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "file")
        #expect(throws: CredentialError.self) {
            try InfluxDestination.Credential.password(path: "\(folder.path)/file").read()
        }
        #expect(throws: CredentialError.self) {
            try InfluxDestination.Credential.password(path: "\(folder.path)/none").read()
        }
    }
}
