public import Logging
public import Messaging
public import ServiceLifecycle
public import Wire

/// What answers the questions that arrive on the query socket.
public protocol QueryResponder: Sendable {
    /// The answer to `query`, or the reason why there is none; never silence.
    func answer(_ query: Query) async -> Reply.Outcome
}

/// Listens for queries and answers each one, until shutdown.
public struct QueryService: Service {
    /// The ZAP domain of operators' connections over TCP.
    public static let domain = "query"
    /// Queries that may wait for an answer at once; beyond that they are answered with a failure.
    private static let waitingQueries = 256

    private let roles: [SocketRole]
    private let authenticator: Authenticator?
    private let responder: any QueryResponder
    private let logger: Logger
    private let onListening: @Sendable () -> Void
    private let onTurn: @Sendable () -> Void

    /// A service that will listen as `roles` say; `authenticator` judges those among them that use CURVE. `onTurn` is
    /// called in each turn of the sockets' thread, at least once a second.
    public init(
        roles: [SocketRole], authenticator: Authenticator?, responder: any QueryResponder, logger: Logger,
        onListening: @escaping @Sendable () -> Void = {}, onTurn: @escaping @Sendable () -> Void = {}
    ) {
        self.roles = roles
        self.authenticator = authenticator
        self.responder = responder
        self.logger = logger
        self.onListening = onListening
        self.onTurn = onTurn
    }

    /// Runs until graceful shutdown or cancellation. Throws `MessagingError` when an address cannot be had.
    public func run() async throws {
        let loop = try SocketLoop<QueryHandler>(name: "query", onTurn: onTurn)
        let (queries, intake) = AsyncStream.makeStream(
            of: PendingQuery.self, bufferingPolicy: .bufferingOldest(Self.waitingQueries))
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { [roles, authenticator, logger, onListening] in
                    defer { intake.finish() }
                    try await loop.run(roles: roles, authenticator: authenticator) { _ in
                        for role in roles { logger.info("queries are answered", metadata: ["endpoint": "\(role.endpoint)"]) }
                        onListening()
                        return QueryHandler(intake: intake)
                    }
                }
                for await pending in queries {
                    group.addTask { [responder] in
                        let reply = Reply(id: pending.query.id, outcome: await responder.answer(pending.query))
                        loop.post { handler, sockets in handler.send(reply, to: pending.origin, in: sockets) }
                    }
                }
            }
        } onGracefulShutdown: {
            loop.stop()
        }
    }
}

/// Where a query came from.
struct QueryOrigin: Sendable {
    let peer: PeerIdentity
    let socket: Int
}

/// A query on its way to the responder.
struct PendingQuery: Sendable {
    let query: Query
    let origin: QueryOrigin
}

/// The query socket's thread.
struct QueryHandler: SocketLoopHandler {
    private let intake: AsyncStream<PendingQuery>.Continuation

    init(intake: AsyncStream<PendingQuery>.Continuation) {
        self.intake = intake
    }

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        guard let peer = message.peer else { return }
        let origin = QueryOrigin(peer: peer, socket: socket)
        let query: Query
        do throws(WireError) {
            query = try Query(decoding: message.payload)
        } catch {
            send(Reply(id: 0, outcome: .failure(.badRequest, error.description)), to: origin, in: sockets)
            return
        }
        guard query.protocolMajor == WireLimits.protocolMajor else {
            let sentence = "the query speaks protocol \(query.protocolMajor): allowed is \(WireLimits.protocolMajor)"
            send(Reply(id: query.id, outcome: .failure(.badRequest, sentence)), to: origin, in: sockets)
            return
        }
        if case .dropped = intake.yield(PendingQuery(query: query, origin: origin)) {
            let sentence = "too many queries are waiting: ask again in a moment"
            send(Reply(id: query.id, outcome: .failure(.failed, sentence)), to: origin, in: sockets)
        }
    }

    func send(_ reply: Reply, to origin: QueryOrigin, in sockets: borrowing SocketSet) {
        // An asker that has gone away misses its answer; that is no failure of the coordinator.
        _ = try? sockets.send(reply.encoded(), on: origin.socket, to: origin.peer)
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        _ = sockets.refreshAllowLists()
        return 1_000
    }
}
