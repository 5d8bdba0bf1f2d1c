import CommandShell
import ControlAPI
import FoundationEssentials
import Logging
import Measures
import Messaging
import ServiceLifecycle
import Settings
import Store
import Telemetry

/// Builds the services that a configuration asks for and ties them together.
struct CoordinatorWiring {
    let configuration: CoordinatorConfiguration
    let logger: Logger
    /// Reads the configuration anew.
    let read: @Sendable () throws(SettingsError) -> CoordinatorConfiguration

    /// What runs, the signs of life of the threads that keep its sockets, and what answers come from.
    struct Parts {
        var services: [any Service] = []
        private(set) var heartbeats: [Heartbeat] = []
        var answers = CoordinatorResponder.Parts()

        /// The beat of one more thread, called `name`.
        mutating func beat(_ name: String) -> @Sendable () -> Void {
            let heartbeat = Heartbeat(name)
            heartbeats.append(heartbeat)
            return heartbeat.beat
        }
    }

    /// The services in the order in which they start; they are shut down in reverse. Throws `SettingsError` naming the
    /// key behind whatever cannot be used, and `StoreError` where the disk lets no database be opened.
    func build() throws -> Parts {
        var built = Parts()
        let time = SystemTime()
        if let telemetry = configuration.telemetry {
            let hub = TelemetryHub(settings: telemetry.settings, time: time)
            built.answers.hub = hub
            built.services.append(
                TelemetryService(
                    bind: telemetry.bind, keys: try keys(at: telemetry.secretKeyPath, key: "telemetry.secretKey"),
                    allowListFolder: telemetry.allowedAgentsFolder, hub: hub, time: time, logger: logger,
                    onTurn: built.beat("telemetry")))
        }
        if let routing = configuration.routing {
            try RoutingWiring(configuration: configuration, read: read, logger: logger, time: time).add(routing, to: &built)
        }
        if let store = configuration.store {
            let journal = try opened("store.journal") { try Journal(path: store.journalPath, durability: store.durability) }
            built.answers.history = try store.history.map { section in
                try opened("store.history.file") {
                    try History(path: section.path, settings: section.settings, time: time, unixSeconds: Self.unixSeconds)
                }
            }
            built.answers.journal = DecisionJournal(
                journal, history: built.answers.history, unixSeconds: Self.unixSeconds)
        }
        if case .simulated(let endpoint) = configuration.cluster {
            try SimulatedWiring(configuration: configuration, logger: logger, time: time).add(endpoint, to: &built)
        } else {
            try LiveWiring(configuration: configuration, logger: logger, time: time).add(to: &built)
        }
        try InfluxWiring(configuration: configuration, logger: logger, time: time).add(to: &built)
        if let history = built.answers.history, let section = configuration.store?.history {
            HistoryFeeds.connect(built.answers, to: history, scope: section.scope, unixSeconds: Self.unixSeconds)
            // The last to be shut down, so that it writes what the others still add. The service manager's watchdog does not
            // look at it: control goes on without history.
            built.services.insert(HistoryWriter(history, logger: logger), at: 0)
        }
        if let query = configuration.query {
            try QueryWiring(configuration: query, logger: logger, time: time).add(to: &built)
        }
        try HTTPWiring(configuration: configuration, logger: logger, time: time).add(to: &built)
        guard !built.services.isEmpty else {
            throw SettingsError(
                "nothing is switched on: at least one of telemetry, routing, cluster, workflows, query, http is needed")
        }
        return built
    }

    /// The wall clock.
    private static let unixSeconds: @Sendable () -> Double = { Date().timeIntervalSince1970 }

    /// What `body` opens. A full disk is nobody's bad configuration: the program that ends so is worth starting again.
    private func opened<Database>(_ key: String, _ body: () throws -> Database) throws -> Database {
        do {
            return try body()
        } catch let error as StoreError where error.isOfDisk {
            throw error
        } catch {
            throw SettingsError("\(key): \(error)")
        }
    }

    private func keys(at path: String, key: String) throws(SettingsError) -> CurveKeyPair {
        try named(key) { try KeyFiles.readPair(secretAt: path) }
    }
}

/// Passes on what `body` throws as a `SettingsError` that begins with the configuration's key.
func named<Result>(_ key: String, _ body: () throws -> Result) throws(SettingsError) -> Result {
    do {
        return try body()
    } catch {
        throw SettingsError("\(key): \(error)")
    }
}
