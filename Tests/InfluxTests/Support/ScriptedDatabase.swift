import FlyingFox
import FlyingSocks
import Foundation
import HTTPClient
import Synchronization

/// Answers writes as a script says, the last answer for ever, and keeps what came.
final class ScriptedDatabase: Sendable {
    /// One answer.
    struct Answer: Sendable {
        var status = 204
        var body = ""
        var fields: [String: String] = [:]
    }

    /// A request that came in.
    struct Seen: Hashable, Sendable {
        let method: String
        let path: String
        let query: [String: String]
        let authorization: String?
        let body: String
    }

    private struct State {
        var script: [Answer]
        var seen: [Seen] = []
    }

    private let server: HTTPServer
    private let state: Mutex<State>

    init(_ script: [Answer] = [Answer()]) async throws {
        state = Mutex(State(script: script))
        server = HTTPServer(address: try sockaddr_in.inet(ip4: "127.0.0.1", port: 0), timeout: 600, logger: .disabled)
        await server.appendRoute("*") { [unowned self] in try await self.answer($0) }
    }

    func run() async throws { try await server.run() }

    func url() async throws -> String {
        try await server.waitUntilListening(timeout: 300)
        guard case .ip4(_, let port) = await server.listeningAddress else { throw SocketError.unsupportedAddress }
        return "http://127.0.0.1:\(port)"
    }

    /// What came in, in order.
    var seen: [Seen] { state.withLock { $0.seen } }

    private func answer(_ request: FlyingFox.HTTPRequest) async throws -> FlyingFox.HTTPResponse {
        let seen = Seen(
            method: request.method.rawValue, path: request.path,
            query: Dictionary(request.query.map { ($0.name, $0.value) }) { $1 },
            authorization: request.headers[HTTPHeader("Authorization")],
            body: String(decoding: try await request.bodyData, as: UTF8.self))
        let answer = state.withLock { state in
            state.seen.append(seen)
            return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
        }
        var headers: [HTTPHeader: String] = [:]
        for (name, value) in answer.fields { headers[HTTPHeader(name)] = value }
        return FlyingFox.HTTPResponse(
            statusCode: HTTPStatusCode(answer.status, phrase: ""), headers: headers, body: Data(answer.body.utf8))
    }
}
