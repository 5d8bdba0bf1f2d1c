public import Measures
public import ServiceLifecycle
import Threads

/// Carries HTTP requests with libcurl's multi interface, on one thread that `run()` starts and joins.
///
/// Connections are kept and used again, by all requests with the same peer and the same TLS settings. Requests may be
/// handed over before `run()`: they wait for it. When `run()` ends, what is under way fails with
/// `HTTPError.Code.closed`; in a service group the transport therefore stands before the services that use it.
public final class HTTPTransport: Service {
    /// How much the transport does at once.
    public struct Settings: Hashable, Sendable {
        /// Requests under way, those that wait for a connection included.
        public var maximumRequests: Int
        /// Connections to one host and port; further requests wait. A stream under HTTP/1.1 holds one while it lasts.
        public var maximumConnectionsPerHost: Int
        /// Connections in all.
        public var maximumConnections: Int
        /// The bytes of a streamed answer that wait for their reader before the sender is slowed down.
        public var streamBufferBytes: Int
        /// Seconds of silence on a connection before the kernel asks the peer whether it is there, and between its
        /// further questions (TCP_KEEPIDLE, TCP_KEEPINTVL).
        public var keepAliveSeconds: Int
        /// The User-Agent header of requests that bring none.
        public var userAgent: String

        /// Settings as described.
        public init(
            maximumRequests: Int = 4_096, maximumConnectionsPerHost: Int = 32, maximumConnections: Int = 256,
            streamBufferBytes: Int = 1 << 20, keepAliveSeconds: Int = 15, userAgent: String = "reeve"
        ) {
            self.maximumRequests = maximumRequests
            self.maximumConnectionsPerHost = maximumConnectionsPerHost
            self.maximumConnections = maximumConnections
            self.streamBufferBytes = streamBufferBytes
            self.keepAliveSeconds = keepAliveSeconds
            self.userAgent = userAgent
        }
    }

    private let settings: Settings
    private let time: any TimeSource
    private let mailbox: TransferMailbox
    private let onTurn: @Sendable () -> Void

    /// A transport that is not running yet; `time` is what time-outs are measured by. `onTurn` is called in each turn
    /// of its thread, at least once a second.
    public init(
        settings: Settings = Settings(), time: any TimeSource = SystemTime(),
        onTurn: @escaping @Sendable () -> Void = {}
    ) {
        self.settings = settings
        self.time = time
        self.onTurn = onTurn
        mailbox = TransferMailbox(maximumRequests: settings.maximumRequests)
    }

    /// Carries requests until graceful shutdown or cancellation; runs once. Throws `ThreadError` when there is
    /// no thread to be had.
    public func run() async throws {
        let (settings, time, mailbox, onTurn) = (settings, time, mailbox, onTurn)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await runOnThread(named: "http") {
                TransferLoop(settings: settings, time: time, mailbox: mailbox, onTurn: onTurn).serve()
            }
        } onCancelOrGracefulShutdown: {
            mailbox.stop()
        }
    }

    /// Sends `request` and waits for the whole answer, whatever its status. Throws `HTTPError`; when the task is
    /// cancelled, the request is given up and the error's code is `cancelled`.
    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try check(request, mayBeUnbounded: false)
        let ticket = RequestTicket()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.start(request, for: .whole(continuation), ticket: ticket)
            }
        } onCancel: {
            mailbox.cancel(ticket)
        }
        return try result.get()
    }

    /// Sends `request` and waits for the head of the answer; the body is read from the stream as it comes. Throws
    /// `HTTPError`, as reading the stream may.
    public func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPStream {
        try check(request, mayBeUnbounded: true)
        let ticket = RequestTicket()
        let buffer = StreamBuffer(capacity: settings.streamBufferBytes)
        let source = StreamSource(buffer: buffer, ticket: ticket, mailbox: mailbox)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.start(request, for: .head(continuation, buffer), ticket: ticket)
            }
        } onCancel: {
            mailbox.cancel(ticket)
        }
        return HTTPStream(head: try result.get(), source: source)
    }

    private func check(_ request: HTTPRequest, mayBeUnbounded: Bool) throws(HTTPError) {
        if let flaw = request.flaw { throw HTTPError(.invalidRequest, "\(request.subject) was not sent: \(flaw)") }
        guard mayBeUnbounded || request.maximumResponseBytes != nil else {
            throw HTTPError(
                .invalidRequest,
                "\(request.subject) was not sent: an answer that is kept whole needs a limit of its size")
        }
    }
}
