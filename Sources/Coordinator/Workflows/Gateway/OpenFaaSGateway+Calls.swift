import HTTPClient

extension OpenFaaSGateway {
    /// POST /function/NAME. The answer is the function's own when its watchdog says how long it took; without that a
    /// 500, 502 or 503 is the gateway's, about a function that could not be reached.
    public func invoke(_ invocation: Invocation) async throws(InvocationFailure) -> FunctionAnswer {
        let response = try await send(invocation, to: "function", callback: nil)
        let seconds = response.headers["X-Duration-Seconds"].flatMap { FunctionAnswer.seconds($0) }
        if seconds == nil, let failure = Self.failure(response) { throw failure }
        return FunctionAnswer(status: response.status, body: response.body, functionSeconds: seconds)
    }

    /// POST /async-function/NAME: only 202 means queued, and nothing more than that.
    public func enqueue(_ invocation: Invocation, callback: String) async throws(InvocationFailure) {
        let response = try await send(invocation, to: "async-function", callback: callback)
        switch response.status {
        case 202: return
        case 404:
            throw InvocationFailure(
                isTransient: false, "cannot be called asynchronously: the gateway has no queue, or not this function")
        default:
            // NATS takes messages of 1 MiB, the body in base64; newer gateways say 413.
            let isTooLarge = response.status == 413 || response.text.contains("maximum payload exceeded")
            if isTooLarge {
                throw InvocationFailure(
                    isTransient: false, "cannot be queued: its input of \(invocation.input.count) bytes is too large")
            }
            let isTransient = response.status >= 500 || [408, 429].contains(response.status)
            throw InvocationFailure(
                isTransient: isTransient, "was not queued: the gateway answered \(response.summary)")
        }
    }

    private func send(
        _ invocation: Invocation, to route: String, callback: String?
    ) async throws(InvocationFailure) -> HTTPResponse {
        let call = invocation.call
        var headers: HTTPHeaders = [
            "Content-Type": "application/octet-stream", "X-Call-Id": "\(invocation.attempt.call)",
            "X-Reeve-Run": "\(invocation.attempt.call.run)",
        ]
        if let callback { headers.add("X-Callback-Url", callback) }
        let suffix = settings.namespace.map { ".\($0)" } ?? ""
        let milliseconds = callback == nil ? Int(call.timeoutNanoseconds / 1_000_000) : settings.timeoutMilliseconds
        let request = HTTPRequest(
            .post, url: "\(settings.url)/\(route)/\(call.function)\(suffix)", headers: headers, body: invocation.input,
            timeouts: HTTPRequest.Timeouts(totalMilliseconds: max(milliseconds, 1)),
            maximumResponseBytes: settings.maximumAnswerBytes, tls: settings.tls,
            // A kept connection may make libcurl send twice, which is for calls that may be repeated.
            reusesConnections: call.retries > 0)
        do throws(HTTPError) {
            return try await transport.send(request)
        } catch {
            throw InvocationFailure(error)
        }
    }

    /// What the gateway says of a function that it could not call, or nil when that is not what it says.
    private static func failure(_ response: HTTPResponse) -> InvocationFailure? {
        switch response.status {
        case 404 where response.text.hasPrefix("error finding function"):
            InvocationFailure(isTransient: false, "is not deployed")
        case 500 where response.text.hasPrefix("Can't reach service"):
            InvocationFailure(isTransient: true, "has no pod that can be reached")
        case 502: InvocationFailure(isTransient: true, "could not be called: the gateway's provider did not answer")
        case 503: InvocationFailure(isTransient: true, "has no pod that is ready")
        default: nil
        }
    }
}

extension InvocationFailure {
    fileprivate init(_ error: HTTPError) {
        let isTransient = error.code != .tooLarge && error.code != .invalidRequest && error.code != .tls
        self.init(isTransient: isTransient, "could not be called: \(error)")
    }
}

extension HTTPResponse {
    /// The beginning of the body, in one line.
    var text: String {
        String(decoding: body.prefix(200), as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// The status and the beginning of the body.
    var summary: String { text.isEmpty ? "\(status)" : "\(status): \(text)" }
}
