public import Logging
public import Measures
public import Messaging
public import ServiceLifecycle
public import Telemetry
import Topology
import Wire

/// Takes what agents send over CURVE into the telemetry hub, until shutdown.
public struct TelemetryService: Service {
    /// The ZAP domain of agents' connections.
    public static let domain = "telemetry"
    private let bind: String
    private let keys: CurveKeyPair
    private let allowListFolder: String
    private let hub: TelemetryHub
    private let time: any TimeSource
    private let logger: Logger
    private let onListening: @Sendable (String) -> Void
    private let onTurn: @Sendable () -> Void

    /// A service that will listen on `bind` as `keys` and take messages of the keys in `allowListFolder`. `onListening`
    /// is told the address once it is open; `onTurn` is called in each turn of the socket's thread, at least once a second.
    public init(
        bind: String, keys: CurveKeyPair, allowListFolder: String, hub: TelemetryHub, time: any TimeSource, logger: Logger,
        onListening: @escaping @Sendable (String) -> Void = { _ in }, onTurn: @escaping @Sendable () -> Void = {}
    ) {
        self.bind = bind
        self.keys = keys
        self.allowListFolder = allowListFolder
        self.hub = hub
        self.time = time
        self.logger = logger
        self.onListening = onListening
        self.onTurn = onTurn
    }

    /// Runs until graceful shutdown or cancellation. Throws `MessagingError` when the address or the allow-list cannot
    /// be had.
    public func run() async throws {
        let authenticator = Authenticator(domains: [Self.domain: try AllowList(folder: allowListFolder)])
        let loop = try SocketLoop<TelemetryHandler>(name: "telemetry", onTurn: onTurn)
        // An order goes out at once: for as long as it waits, somebody has not what is due to them.
        hub.leases.onOrder { loop.post { _, _ in } }
        defer { hub.leases.onOrder(nil) }
        try await withGracefulShutdownHandler {
            try await loop.run(
                roles: [.curveRouter(bind: bind, keys: keys, domain: Self.domain)], authenticator: authenticator
            ) { [hub, time, logger, onListening] sockets in
                let endpoint = try sockets.boundEndpoint(of: 0)
                logger.info("telemetry listens", metadata: ["endpoint": "\(endpoint)"])
                onListening(endpoint)
                return TelemetryHandler(hub: hub, time: time, logger: logger)
            }
        } onGracefulShutdown: {
            loop.stop()
        }
        hub.close()
    }
}

/// The telemetry socket's thread.
struct TelemetryHandler: SocketLoopHandler {
    /// How often waiting readers are looked after and changed allow-lists are read again.
    private static let housekeepingMilliseconds = 50

    private let hub: TelemetryHub
    private let time: any TimeSource
    private let logger: Logger
    private var housekeepingAt: MonotonicInstant
    /// The newest acknowledgement of each connection and the node that speaks through it; one goes out per turn, however
    /// many batches came.
    private var acknowledgements: [PeerIdentity: (node: NodeName, message: CoordinatorMessage)] = [:]
    private var intervals = IntervalDispatch<PeerIdentity>()

    init(hub: TelemetryHub, time: any TimeSource, logger: Logger) {
        self.hub = hub
        self.time = time
        self.logger = logger
        housekeepingAt = time.now
    }

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        guard let peer = message.peer, let sender = message.sender else { return }
        let answer: CoordinatorMessage
        do throws(WireError) {
            switch try AgentEnvelope(decoding: message.payload) {
            case .containers(let report): return hub.receive(report, from: sender.name)
            case .leases(let report): return hub.receive(report, from: sender.name)
            case .stream(let message):
                answer = hub.receive(message, from: sender.name)
                if case .ack = answer {
                    acknowledgements[peer] = (message.node, answer)
                    return
                }
            }
        } catch {
            answer = hub.receiveMalformed(error)
        }
        // An agent that is gone, or too slow to hear of it, learns nothing from a lost refusal.
        _ = try sockets.send(answer.encoded(), on: socket, to: peer)
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        for (peer, acknowledgement) in acknowledgements {
            // A lost acknowledgement is made up for by the next one, or by the agent's next hello.
            _ = try sockets.send(acknowledgement.message.encoded(), on: 0, to: peer)
            intervals.heard(acknowledgement.node, through: peer)
        }
        acknowledgements.removeAll(keepingCapacity: true)
        try sendIntervals(in: sockets)
        try sendLeaseOrders(in: sockets)
        if time.now >= housekeepingAt {
            housekeepingAt = time.now.advanced(byNanoseconds: UInt64(Self.housekeepingMilliseconds) * 1_000_000)
            for line in sockets.refreshAllowLists() { logger.info("\(line)") }
            hub.noteRefusals(connections: sockets.refusals.connections, messages: sockets.refusals.messages)
            hub.expire()
        }
        return Self.housekeepingMilliseconds
    }

    /// Tells agents how often to sample, where that is ordered and they have not been told.
    private mutating func sendIntervals(in sockets: borrowing SocketSet) throws {
        for (node, peer, milliseconds) in intervals.due(hub.intervalOrders) {
            let message = CoordinatorMessage.setInterval(milliseconds: milliseconds)
            if try sockets.send(message.encoded(), on: 0, to: peer) {
                logger.info("interval ordered", metadata: ["node": "\(node)", "milliseconds": "\(milliseconds)"])
            } else {
                intervals.forget(node)
            }
        }
    }

    /// Passes orders about leases on to the agents that they are for.
    private func sendLeaseOrders(in sockets: borrowing SocketSet) throws {
        for order in hub.leases.takeOrders() {
            if let peer = intervals.connection(of: order.node),
                try sockets.send(CoordinatorEnvelope.lease(order.order).encoded(), on: 0, to: peer)
            {
                logger.info("lease ordered", metadata: ["node": "\(order.node)", "lease": "\(order.order.id)"])
            } else {
                hub.leases.couldNotSend(order, "the agent of node \(order.node) is not connected")
            }
        }
    }
}
