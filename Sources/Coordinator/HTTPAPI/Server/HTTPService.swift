public import ControlAPI
import HummingbirdCore
public import Logging
public import Measures
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves health, metrics and the API over HTTP, until shutdown.
public struct HTTPService: Service {
    /// What is served.
    public struct Sources: Sendable {
        /// What answers the verbs of the query socket.
        public var responder: any QueryResponder
        /// What metrics and the journal of orders come from.
        public var parts: CoordinatorResponder.Parts
        /// What readiness depends on.
        public var checks: [ReadinessCheck]
        /// The coordinator's version.
        public var version: String

        /// Sources as described.
        public init(
            responder: any QueryResponder, parts: CoordinatorResponder.Parts, checks: [ReadinessCheck], version: String
        ) {
            self.responder = responder
            self.parts = parts
            self.checks = checks
            self.version = version
        }
    }

    private let settings: HTTPConfiguration
    private let handler: RequestHandler
    private let secure: ServerCertificate?
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) -> Void

    /// A service as `settings` have it. `unixSeconds` is the wall clock, `pause` waits between two looks of a stream of
    /// events; `onListening` is told the port once requests are taken. Throws `HTTPServiceError` when a token or the
    /// certificate cannot be used.
    public init(
        settings: HTTPConfiguration, sources: Sources, time: any TimeSource, unixSeconds: @escaping @Sendable () -> Int64,
        logger: Logger,
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = { try await Task.sleep(nanoseconds: $0) },
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) throws(HTTPServiceError) {
        self.settings = settings
        self.logger = logger
        self.onListening = onListening
        let gatekeeper = Gatekeeper(
            reader: try Self.token(settings.readerTokenPath, key: "http.readerToken"),
            admin: try Self.token(settings.adminTokenPath, key: "http.adminToken"))
        secure = try settings.tls.map { files throws(HTTPServiceError) in try ServerCertificate(files) }
        let tally = HTTPTally()
        let table = RouteTable.all
        let document = OpenAPIDocument(
            table: table, version: sources.version, guardsReading: gatekeeper.guardsReading)
        handler = RequestHandler(
            table: table, hosts: HostRule(address: settings.address, others: settings.hosts), gatekeeper: gatekeeper,
            rate: RequestRate(
                perSecond: settings.limits.requestsPerSecond, burst: settings.limits.burst, time: time),
            limits: RequestLimits(
                bodyBytes: settings.limits.bodyBytes, bodyNanoseconds: Int64(settings.limits.bodyNanoseconds),
                eventStreams: settings.limits.eventStreams),
            tally: tally,
            api: APIResponder(
                responder: sources.responder,
                metrics: MetricsPage(
                    parts: sources.parts, scope: settings.metricsScope, version: sources.version, http: tally),
                checks: sources.checks, document: document.json.bytes,
                live: LiveAnswers(responder: sources.responder, time: time),
                orders: OrderBook(journal: sources.parts.journal, logger: logger),
                pause: { nanoseconds in try await cancelWhenGracefulShutdown { try await pause(nanoseconds) } }),
            time: time, unixSeconds: unixSeconds, logger: logger)
    }

    /// Serves until graceful shutdown, which ends streams of events and lets other requests have their answers. Throws
    /// `HTTPServiceError` when the address cannot be had.
    public func run() async throws {
        // One loop: what is asked here is a few requests a second, and they are answered elsewhere.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let failure = await serve(on: group)
        try await group.shutdownGracefully()
        if let failure { throw failure }
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async -> HTTPServiceError? {
        let limits = settings.limits
        let channel = HTTP1Channel(
            responder: { [handler] request, writer, channel in
                try await handler.respond(to: request, writer, on: channel)
            },
            configuration: .init(
                idleTimeout: .nanoseconds(Int64(limits.idleNanoseconds)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes, maxHeaderFieldCount: 100)))
        let configuration = ServerConfiguration(
            address: .hostname(settings.address.host, port: settings.address.port),
            availableConnectionsDelegate: .maximum(limits.connections, logger: logger))
        let ready: @Sendable (any Channel) async -> Void = { [onListening] in onListening($0.localAddress?.port ?? 0) }
        do {
            if let secure {
                let server = try secure.wrap(channel).server(
                    configuration: configuration, onServerRunning: ready, eventLoopGroup: group, logger: logger)
                try await server.run()
            } else {
                try await channel.server(
                    configuration: configuration, onServerRunning: ready, eventLoopGroup: group, logger: logger
                ).run()
            }
            return nil
        } catch {
            return HTTPServiceError("http.bind: \(settings.address) cannot be listened on: \(error)")
        }
    }

    private static func token(_ path: String?, key: String) throws(HTTPServiceError) -> TokenFile? {
        guard let path else { return nil }
        do throws(TokenError) {
            return try TokenFile(path: path)
        } catch {
            throw HTTPServiceError("\(key): \(error)")
        }
    }
}

/// Why nothing can be served, in one sentence that begins with the configuration's key.
public struct HTTPServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ sentence: String) { description = sentence }
}
