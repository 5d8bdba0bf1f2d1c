public import Logging
public import Measures
public import Messaging
public import ServiceLifecycle
public import Topology
import Wire

/// Samples a source at its interval and sends what it reads to the coordinator, on one thread, until shutdown.
public struct UplinkService<Source: SampleSource & SendableMetatype>: Service {
    private let node: NodeName
    private let role: SocketRole
    private let settings: UplinkSettings
    private let incarnation: UInt64
    private let agentVersion: String
    private let time: any TimeSource
    private let logger: Logger
    private let onTurn: @Sendable () -> Void
    private let makeSource: @Sendable () throws -> Source

    /// A service that speaks for `node` over the DEALER that `role` describes. `makeSource` runs on the service's thread,
    /// and so does `onTurn`, at least once a second, for the first time after the first sample.
    public init(
        node: NodeName, role: SocketRole, settings: UplinkSettings, incarnation: UInt64, agentVersion: String,
        time: any TimeSource, logger: Logger, onTurn: @escaping @Sendable () -> Void = {},
        makeSource: @escaping @Sendable () throws -> Source
    ) {
        self.node = node
        self.role = role
        self.settings = settings
        self.incarnation = incarnation
        self.agentVersion = agentVersion
        self.time = time
        self.logger = logger
        self.onTurn = onTurn
        self.makeSource = makeSource
    }

    /// Runs until graceful shutdown or cancellation. Throws when the socket or the source fails, or when the coordinator
    /// speaks another major version.
    public func run() async throws {
        let loop = try SocketLoop<UplinkHandler<Source>>(name: "uplink", onTurn: onTurn)
        try await withGracefulShutdownHandler {
            try await loop.run(roles: [role]) { [self] _ in
                var source = try makeSource()
                let first = try source.sample()
                let state = UplinkState(
                    node: node, incarnation: incarnation, columns: first.columns, agentVersion: agentVersion,
                    settings: settings)
                return UplinkHandler(source: source, state: state, time: time, logger: logger)
            }
        } onGracefulShutdown: {
            loop.stop()
        }
    }
}

/// The uplink's socket thread: it samples when the time has come and moves messages between state and socket.
struct UplinkHandler<Source: SampleSource>: SocketLoopHandler {
    /// How soon a message is offered again that the socket did not take, for want of a connection.
    private static var retryNanoseconds: UInt64 { 100_000_000 }

    private var source: Source
    private var state: UplinkState
    private let time: any TimeSource
    private let logger: Logger
    private var nextSampleAt: MonotonicInstant
    private var overruns: UInt64 = 0
    private var lastRefusal: Refusal?

    init(source: Source, state: UplinkState, time: any TimeSource, logger: Logger) {
        self.source = source
        self.state = state
        self.time = time
        self.logger = logger
        nextSampleAt = time.now
    }

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        let reply: CoordinatorMessage
        do throws(WireError) {
            reply = try CoordinatorMessage(decoding: message.payload)
        } catch {
            logger.warning("the coordinator sent what this agent cannot read", metadata: ["error": "\(error)"])
            return
        }
        for event in state.receive(reply, at: time.now) { try report(event) }
    }

    private mutating func report(_ event: UplinkState.Event) throws {
        switch event {
        case .connected:
            logger.info("connected", metadata: ["buffered_batches": "\(state.bufferedBatches)"])
            lastRefusal = nil
        case .refused(let refusal):
            // One line per reason, not one per attempt.
            if refusal != lastRefusal { logger.warning("refused by the coordinator: \(refusal.sentence)") }
            lastRefusal = refusal
        case .incompatible(let sentence):
            throw UplinkError(sentence)
        case .intervalChanged(let milliseconds):
            logger.info("interval changed", metadata: ["milliseconds": "\(milliseconds)"])
            nextSampleAt = time.now
        }
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        if time.now >= nextSampleAt { try takeSample() }
        let now = time.now
        var wakeAt = nextSampleAt
        while let message = state.nextMessage(at: now) {
            guard try sockets.send(message.encoded(), on: 0) else {
                wakeAt = min(wakeAt, now.advanced(byNanoseconds: Self.retryNanoseconds))
                break
            }
            state.didSend(message, at: now)
        }
        if let deadline = state.deadline { wakeAt = min(wakeAt, deadline) }
        return Int((wakeAt.nanoseconds(since: time.now) + 999_999) / 1_000_000)
    }

    private mutating func takeSample() throws {
        let takenAt = time.now
        let (columns, sample) = try source.sample()
        state.add(sample, columns: columns, takenAt: takenAt)
        // Ticks that were missed are skipped and counted, never made up for in a burst.
        let interval = UInt64(state.intervalMilliseconds) * 1_000_000
        nextSampleAt = nextSampleAt.advanced(byNanoseconds: interval)
        let late = time.now.nanoseconds(since: nextSampleAt)
        if late > 0 {
            let missed = late / interval + 1
            overruns += missed
            nextSampleAt = nextSampleAt.advanced(byNanoseconds: missed * interval)
        }
    }

    mutating func end(in sockets: borrowing SocketSet) {
        source.close()
        logger.info(
            "stopped",
            metadata: [
                "acknowledged_batches": "\(state.acknowledgedBatches)", "unacknowledged_batches": "\(state.bufferedBatches)",
                "dropped_batches": "\(state.droppedBatches)", "overruns": "\(overruns)",
            ])
    }
}
