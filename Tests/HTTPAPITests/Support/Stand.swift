import ControlAPI
import FoundationEssentials
import HTTPAPI
import HTTPClient
import Logging
import Measures
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// A server over a world, and a client that asks it.
struct Stand {
    static let adminToken = "admin-0123456789abcdef"
    static let readerToken = "reader-0123456789abcdef"
    let port: Int
    let transport: HTTPTransport

    /// Has `world` served on a free port of loopback while `body` lasts, with these further lines in the section `http`,
    /// and the tokens' files `admin` and `reader` beside it; then shuts the server down in peace.
    static func serve(
        _ world: TestWorld, _ lines: [String] = ["adminToken: FOLDER/admin"], checks: [ReadinessCheck] = [],
        _ body: (Stand) async throws -> Void
    ) async throws {
        try world.folder.write(adminToken + "\n", to: "admin")
        try world.folder.write(readerToken + "\n", to: "reader")
        let yaml = (["http:", "bind: 127.0.0.1:0"] + lines).joined(separator: "\n  ")
            .replacing("FOLDER", with: world.folder.path)
        guard let settings = try CoordinatorConfiguration(yaml: yaml).http else { throw NotServed() }
        let port = Mutex(0)
        let service = try HTTPService(
            settings: settings,
            sources: .init(responder: world.responder(), parts: world.parts, checks: checks, version: "1.2.3"),
            time: world.time, unixSeconds: { 784_111_777 }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { number in port.withLock { $0 = number } })
        let transport = HTTPTransport(settings: .init(maximumConnectionsPerHost: 64))
        let group = ServiceGroup(services: [transport, service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do {
                try await eventually("the server listens") { port.withLock { $0 } != 0 }
                result = .success(try await body(Stand(port: port.withLock { $0 }, transport: transport)))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    struct NotServed: Error {}

    /// The answer to a request; `body` is sent as JSON.
    func ask(
        _ method: HTTPRequest.Method = .get, _ path: String, token: String? = nil, body: String? = nil,
        headers: HTTPHeaders = HTTPHeaders()
    ) async throws -> HTTPResponse {
        var headers = headers
        if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
        return try await transport.send(
            HTTPRequest(
                method, url: "http://127.0.0.1:\(port)\(path)", headers: headers, credential: token.map { .bearer($0) },
                body: body.map { Array($0.utf8) }, timeouts: .init(totalMilliseconds: 300_000)))
    }

    /// The answer to GET of `path` as a value.
    func get<Answer: Decodable>(_ path: String, as type: Answer.Type) async throws -> Answer {
        let response = try await ask(.get, path)
        guard response.status == 200 else { throw Refused(text: response.text) }
        return try JSONDecoder().decode(type, from: Data(response.body))
    }

    struct Refused: Error { let text: String }
}

extension HTTPResponse {
    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The code of the problem in the body; nil where there is none.
    var problem: String? {
        struct Problem: Decodable { let status: Int, code: String, detail: String, title: String, type: String }
        guard headers["Content-Type"] == "application/problem+json",
            let problem = try? JSONDecoder().decode(Problem.self, from: Data(body)), problem.status == status,
            !problem.detail.isEmpty, !problem.title.isEmpty, problem.type == "about:blank"
        else { return nil }
        return problem.code
    }
}
