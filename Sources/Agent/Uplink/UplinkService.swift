public import Logging
public import Measures
import Messaging
public import ServiceLifecycle

/// Samples a source at its interval and sends what it reads to the coordinator, on one thread, until shutdown.
public struct UplinkService<Source: SampleSource & SendableMetatype>: Service {
    private let nodes: [UplinkNode]
    private let settings: UplinkSettings
    private let incarnation: UInt64
    private let agentVersion: String
    private let time: any TimeSource
    private let logger: Logger
    private let onTurn: @Sendable () -> Void
    private let beside: UplinkBeside
    private let makeSource: @Sendable () throws -> Source
    private let makeObserver: @Sendable () -> (any SampleObserver)?

    /// A service that speaks for `nodes`; the source has one reading for each, in their order. `incarnation` must be drawn
    /// at random, once per start of the agent. `makeSource` and `makeObserver` run on the service's thread, and so does
    /// `onTurn`, at least once a second, for the first time after the first sample. `beside` belongs to the first node.
    public init(
        nodes: [UplinkNode], settings: UplinkSettings, incarnation: UInt64, agentVersion: String, time: any TimeSource,
        logger: Logger, onTurn: @escaping @Sendable () -> Void = {}, beside: UplinkBeside = UplinkBeside(),
        makeObserver: @escaping @Sendable () -> (any SampleObserver)? = { nil },
        makeSource: @escaping @Sendable () throws -> Source
    ) {
        self.nodes = nodes
        self.settings = settings
        self.incarnation = incarnation
        self.agentVersion = agentVersion
        self.time = time
        self.logger = logger
        self.onTurn = onTurn
        self.beside = beside
        self.makeObserver = makeObserver
        self.makeSource = makeSource
    }

    /// Runs until graceful shutdown or cancellation. Throws when a socket or the source fails, or when the coordinator
    /// speaks another major version.
    public func run() async throws {
        let loop = try SocketLoop<UplinkHandler<Source>>(name: "uplink", onTurn: onTurn)
        // What is told beside the samples does not wait for the next of them, which may be a minute away.
        beside.reports.onPut { loop.post { _, _ in } }
        defer { beside.reports.onPut(nil) }
        try await withGracefulShutdownHandler {
            try await loop.run(roles: nodes.map(\.role)) { [self] _ in try makeHandler() }
        } onGracefulShutdown: {
            loop.stop()
        }
    }

    private func makeHandler() throws -> UplinkHandler<Source> {
        var source = try makeSource()
        let first: SampleRound
        do {
            first = try source.sample()
            guard first.readings.count == nodes.count else {
                throw UplinkError(
                    "the source reads \(first.readings.count) nodes, and the uplink speaks for \(nodes.count)")
            }
        } catch {
            source.close()
            throw error
        }
        let states = zip(nodes, first.readings).map { node, reading in
            UplinkState(
                node: node.name, incarnation: incarnation,
                columns: OwnCost.extended(reading.columns), agentVersion: agentVersion, settings: settings)
        }
        return UplinkHandler(
            source: source, states: states, incarnation: incarnation, observer: makeObserver(), beside: beside,
            settings: settings, time: time, logger: logger)
    }
}
