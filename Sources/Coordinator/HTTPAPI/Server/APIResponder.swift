import ControlAPI
import HTTPTypes
import Wire

/// What answers requests, without the sockets: a request comes in decoded, and its answer goes out.
struct APIResponder: Sendable {
    let responder: any QueryResponder
    let metrics: MetricsPage
    let checks: [ReadinessCheck]
    /// The OpenAPI document.
    let document: [UInt8]
    let live: LiveAnswers
    let orders: OrderBook
    /// Waits between two looks of a stream of events.
    let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void

    /// The answer to a request of `asker` for `route` with these `arguments`. Throws `Problem`.
    func answer(_ route: Route, _ arguments: [String: String], by asker: Asker) async throws(Problem) -> HTTPAnswer {
        switch route.work {
        case .health: return .json(JSONValue.object(["isAlive": .boolean(true)]).bytes)
        case .readiness: return try await readiness()
        case .metrics: return HTTPAnswer(mediaType: ExpositionText.mediaType, metrics.text())
        case .document: return .json(document)
        case .events: return try events(arguments)
        case .page(let file): return HTTPAnswer(file)
        case .verb(let verb, let pages): return try await carryOut(verb, arguments, pages, route, asker)
        }
    }

    private func readiness() async throws(Problem) -> HTTPAnswer {
        let readiness = await Readiness(checks)
        guard let bytes = try? JSONText.encode(readiness) else {
            throw Problem(.unavailable, "what is ready cannot be told")
        }
        return .json(bytes, status: readiness.isReady ? .ok : .serviceUnavailable)
    }

    private func events(_ arguments: [String: String]) throws(Problem) -> HTTPAnswer {
        let topics = try LiveTopic.parse(arguments["topics"])
        let milliseconds = arguments["interval"].flatMap { UInt64($0) } ?? 1_000
        return HTTPAnswer(
            EventStream(topics: topics, intervalNanoseconds: milliseconds * 1_000_000, answers: live, pause: pause))
    }

    private func carryOut(
        _ verb: String, _ arguments: [String: String], _ pages: Route.Pages?, _ route: Route, _ asker: Asker
    ) async throws(Problem) -> HTTPAnswer {
        let outcome = await responder.answer(Query(id: 0, verb: verb, arguments: arguments))
        if route.access == .change {
            orders.note(
                verb, arguments, by: asker.role.rawValue, way: "http", address: asker.address, outcome)
        }
        switch outcome {
        case .json(let bytes):
            var answer = HTTPAnswer.json(bytes)
            // Where an answer leads on to (RFC 8288).
            if let name = HTTPField.Name("Link"), let link = pages?.link(after: bytes, arguments, path: route.template) {
                answer.fields[name] = link
            }
            return answer
        case .failure(let code, let sentence):
            throw Problem(Self.code(of: code, changes: route.access == .change), sentence)
        }
    }

    /// What a failure of the coordinator is over HTTP: an order that was not carried out met a state that does not allow
    /// it; what cannot be told at the moment may be told later.
    private static func code(of code: Reply.Code, changes: Bool) -> Problem.Code {
        switch code {
        case .badRequest: .badRequest
        case .notFound: .notFound
        case .notAllowed: .forbidden
        default: changes ? .notCarriedOut : .unavailable
        }
    }
}
