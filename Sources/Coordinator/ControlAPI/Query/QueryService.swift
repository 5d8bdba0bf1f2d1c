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
    private let desk: QueryDesk
    private let logger: Logger
    private let onListening: @Sendable () -> Void
    private let onTurn: @Sendable () -> Void

    /// A service that will listen as `roles` say; `authenticator` judges those among them that use CURVE by the lists
    /// that `authenticator(readers:operators:)` has put together. `onTurn` is called in each turn of the sockets' thread, at
    /// least once a second.
    public init(
        roles: [SocketRole], authenticator: Authenticator?, desk: QueryDesk, logger: Logger,
        onListening: @escaping @Sendable () -> Void = {}, onTurn: @escaping @Sendable () -> Void = {}
    ) {
        self.roles = roles
        self.authenticator = authenticator
        self.desk = desk
        self.logger = logger
        self.onListening = onListening
        self.onTurn = onTurn
    }

    /// Judges connections over TCP. A key that is among both readers and operators may only ask.
    public static func authenticator(readers: AllowList?, operators: AllowList) -> Authenticator {
        Authenticator(lists: [domain: (readers.map { [$0] } ?? []) + [operators]])
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
                        return QueryHandler(intake: intake, operatorList: authenticator.map { $0.lastList(of: Self.domain) } ?? 0)
                    }
                }
                for await pending in queries {
                    group.addTask { [desk] in
                        let outcome = await desk.answer(pending.query, from: pending.asker)
                        let reply = Reply(id: pending.query.id, outcome: outcome)
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
    let asker: QueryAsker
    let origin: QueryOrigin
}

/// The query socket's thread.
struct QueryHandler: SocketLoopHandler {
    private let intake: AsyncStream<PendingQuery>.Continuation
    /// The allow-list whose keys are operators'; the others' are readers'.
    private let operatorList: Int

    init(intake: AsyncStream<PendingQuery>.Continuation, operatorList: Int) {
        self.intake = intake
        self.operatorList = operatorList
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
        let asker: QueryAsker =
            if let sender = message.sender {
                .remote(name: sender.name, isOperator: sender.list == operatorList, address: message.peerAddress)
            } else {
                .local(message.localPeer)
            }
        if case .dropped = intake.yield(PendingQuery(query: query, asker: asker, origin: origin)) {
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
