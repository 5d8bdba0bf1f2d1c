import HTTPTypes
import HummingbirdCore
import Logging
import Measures
import NIOCore

/// Takes one request from its connection: finds out what it asks for and whether it may, has it answered, and writes that.
struct RequestHandler: Sendable {
    /// The connection is to end, because what is left of a request on it is not wanted.
    private struct ConnectionEnds: Error {}

    let table: RouteTable
    let hosts: HostRule
    let gatekeeper: Gatekeeper
    let rate: RequestRate
    let limits: RequestLimits
    let tally: HTTPTally
    let api: APIResponder
    let time: any TimeSource
    let unixSeconds: @Sendable () -> Int64
    let logger: Logger

    /// What came of a request, and whether its connection can be used further.
    private struct Outcome {
        var answer: HTTPAnswer
        var route = "none"
        var body = RequestBodyReader.Progress.done
    }

    /// Answers `request`. Throws when the connection cannot be used any further.
    func respond(to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel) async throws {
        let began = time.now
        tally.begin()
        let outcome = await outcome(of: request, writer, on: channel)
        let isStream = if case .events = outcome.answer.body { true } else { false }
        defer {
            let seconds = isStream ? nil : time.now.seconds(since: began)
            tally.end(outcome.route, outcome.answer.status, seconds: seconds)
        }
        logger.debug(
            "answered", metadata: ["route": "\(outcome.route)", "status": "\(outcome.answer.status.code)"])
        try await write(outcome, to: request, writer, on: channel)
    }

    private func outcome(
        of request: Request, _ writer: borrowing ResponseWriter, on channel: any Channel
    ) async -> Outcome {
        let hasBody = RequestBodyReader.isAnnounced(by: request.headers)
        var outcome = Outcome(answer: .json([]), body: hasBody ? .untouched : .done)
        do throws(Problem) {
            let target = try RequestTarget(request.head.path ?? "")
            let (route, values) = try table.find(request.method, target.segments)
            outcome.route = route.name
            let asker = try admit(request, to: route, on: channel)
            var body: [UInt8] = []
            if hasBody {
                let reader = RequestBodyReader(limits: limits)
                body = try await reader.read(request, for: route, writer, on: channel, progress: &outcome.body)
            }
            let arguments = try route.arguments(path: values, query: target.query, body: body)
            let answer = try await api.answer(route, arguments, by: asker)
            if case .events = answer.body, request.method != .head { try openStream() }
            outcome.answer = route.method == .get ? answer.tagged(unless: request.headers[.ifNoneMatch]) : answer
        } catch {
            outcome.answer = HTTPAnswer(error)
        }
        return outcome
    }

    private func openStream() throws(Problem) {
        guard tally.openStream(most: limits.eventStreams) else {
            throw .tooManyRequests(
                "\(limits.eventStreams) streams of events are open already", retryAfterSeconds: 5)
        }
    }

    private func admit(_ request: Request, to route: Route, on channel: any Channel) throws(Problem) -> Asker {
        try hosts.check(request.head.authority)
        // Probes of health and readiness may bring along whatever they like.
        let role = route.access == .open ? .anonymous : try gatekeeper.role(of: request.headers[.authorization])
        try rate.take(role)
        try gatekeeper.admit(role, to: route.access)
        return Asker(role: role, address: channel.remoteAddress?.ipAddress)
    }

    private func write(
        _ outcome: Outcome, to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        var head = HTTPResponse(status: outcome.answer.status, headerFields: outcome.answer.fields)
        head.headerFields[.date] = HTTPDate.text(unixSeconds: unixSeconds())
        // What is shown changes by itself, and who has it must ask whether it still holds.
        head.headerFields[.cacheControl] = "no-cache"
        head.headerFields[.xContentTypeOptions] = "nosniff"
        if outcome.body != .done { head.headerFields[.connection] = "close" }
        switch outcome.answer.body {
        case .bytes(let bytes):
            if outcome.answer.status != .notModified { head.headerFields[.contentLength] = "\(bytes.count)" }
            guard request.method != .head, !bytes.isEmpty else {
                try await writer.writeResponse(head)
                break
            }
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .events(let events):
            guard request.method != .head else {
                try await writer.writeResponse(head)
                break
            }
            try await stream(events, head, to: request, writer)
        }
        if outcome.body == .untouched { await RequestBodyReader(limits: limits).discard(request, on: channel) }
        if outcome.body != .done { throw ConnectionEnds() }
    }

    private func stream(
        _ events: EventStream, _ head: HTTPResponse, to request: Request, _ writer: consuming ResponseWriter
    ) async throws {
        defer { tally.closeStream() }
        var body = try await writer.writeHead(head)
        do {
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await events.run { bytes in try await body.write(ByteBuffer(bytes: bytes)) }
            }
        } catch is CancellationError {
            // The coordinator stops, and the client sees a whole answer; or the client has gone, and sees nothing.
            try? await body.finish(nil)
        }
        throw ConnectionEnds()
    }
}
