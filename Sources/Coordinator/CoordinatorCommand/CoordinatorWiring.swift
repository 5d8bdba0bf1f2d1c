import CommandShell
import ControlAPI
import Experiments
import FoundationEssentials
import Logging
import Measures
import Messaging
import ServiceLifecycle
import Settings
import Simulation
import Store
import Telemetry

/// Builds the services that a configuration asks for and ties them together.
struct CoordinatorWiring {
    let configuration: CoordinatorConfiguration
    let logger: Logger

    /// What runs, and the signs of life of the threads that keep its sockets.
    struct Parts {
        fileprivate(set) var services: [any Service] = []
        fileprivate(set) var heartbeats: [Heartbeat] = []

        /// The beat of one more thread, called `name`.
        fileprivate mutating func beat(_ name: String) -> @Sendable () -> Void {
            let heartbeat = Heartbeat(name)
            heartbeats.append(heartbeat)
            return heartbeat.beat
        }
    }

    /// The services in the order in which they start; they are shut down in reverse. Throws `SettingsError` naming the
    /// key behind whatever cannot be used.
    func build() throws(SettingsError) -> Parts {
        var built = Parts()
        var parts = CoordinatorResponder.Parts()
        let time = SystemTime()
        if let telemetry = configuration.telemetry {
            let hub = TelemetryHub(settings: telemetry.settings, time: time)
            parts.hub = hub
            built.services.append(
                TelemetryService(
                    bind: telemetry.bind, keys: try keys(at: telemetry.secretKeyPath, key: "telemetry.secretKey"),
                    allowListFolder: telemetry.allowedAgentsFolder, hub: hub, time: time, logger: logger,
                    onTurn: built.beat("telemetry")))
        }
        if let store = configuration.store {
            let journal = try named("store.journal") { try Journal(path: store.journalPath, durability: store.durability) }
            parts.journal = DecisionJournal(journal) { Date().timeIntervalSince1970 }
        }
        if case .simulated(let endpoint) = configuration.cluster {
            let beat = built.beat("world")
            let world = try named("cluster.endpoint") {
                try RemoteWorld(endpoint: endpoint, time: time, logger: logger, onTurn: beat)
            }
            parts.cluster = world
            built.services.append(world)
            if let placement = configuration.placement, let hub = parts.hub, let journal = parts.journal {
                let control = PlacementControl()
                parts.placement = control
                built.services.append(
                    PlacementService(
                        settings: PlacementSettings(
                            topology: placement.topology, initialSession: placement.initialSession,
                            checkpointPath: placement.checkpointPath, stepsPerCheckpoint: placement.stepsPerCheckpoint,
                            profile: MeasuredProfile(profiles: .measure()), guardSettings: placement.guardSettings),
                        control: control, cluster: world, runner: world, metrics: LiveMetrics(hub: hub),
                        journal: journal, logger: logger))
            }
        }
        if let query = configuration.query {
            built.services.append(try queryService(query, parts: parts, time: time, onTurn: built.beat("query")))
        }
        guard !built.services.isEmpty else {
            throw SettingsError("nothing is switched on: at least one of telemetry, cluster, query is needed")
        }
        return built
    }

    private func queryService(
        _ query: QueryConfiguration, parts: CoordinatorResponder.Parts, time: SystemTime,
        onTurn: @escaping @Sendable () -> Void
    ) throws(SettingsError) -> QueryService {
        var roles: [SocketRole] = [.localRouter(bind: "ipc://\(query.socketPath)")]
        var authenticator: Authenticator?
        if let remote = query.remote {
            roles.append(
                .curveRouter(
                    bind: remote.bind, keys: try keys(at: remote.secretKeyPath, key: "query.remote.secretKey"),
                    domain: QueryService.domain))
            let list = try named("query.remote.allowedOperators") { try AllowList(folder: remote.allowedOperatorsFolder) }
            authenticator = Authenticator(domains: [QueryService.domain: list])
        }
        return QueryService(
            roles: roles, authenticator: authenticator,
            responder: CoordinatorResponder(parts: parts, version: CommandShell.version, time: time), logger: logger,
            onTurn: onTurn)
    }

    private func keys(at path: String, key: String) throws(SettingsError) -> CurveKeyPair {
        try named(key) { try KeyFiles.readPair(secretAt: path) }
    }

    /// Passes on what `body` throws as a `SettingsError` that begins with the configuration's key.
    private func named<Result>(_ key: String, _ body: () throws -> Result) throws(SettingsError) -> Result {
        do {
            return try body()
        } catch {
            throw SettingsError("\(key): \(error)")
        }
    }
}
