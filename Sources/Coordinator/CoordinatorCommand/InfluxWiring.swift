import ControlAPI
import FoundationEssentials
import HTTPClient
import Influx
import Logging
import Measures
import ServiceLifecycle
import Settings

/// Builds what writes points for InfluxDB.
struct InfluxWiring {
    /// One batch is on its way at a time.
    private static let connections = 2

    let configuration: CoordinatorConfiguration
    let logger: Logger
    let time: SystemTime

    /// Adds the writer where the configuration has one: before all others, so that it is the last to be shut down, and
    /// what happened until then is written, too. Throws `SettingsError`.
    func add(to built: inout CoordinatorWiring.Parts) throws(SettingsError) {
        guard let section = configuration.influx else { return }
        let key = if case .token = section.settings.destination.credential { "token" } else { "credentials" }
        _ = try named("influx.\(key)") { try section.settings.destination.credential.read() }
        let feed = try named("influx") {
            try InfluxFeed(
                parts: built.answers, scope: section.metricsScope, precision: section.settings.precision, time: time,
                unixSeconds: { Date().timeIntervalSince1970 }, logger: logger)
        }
        let transport = HTTPTransport(
            settings: .init(maximumConnectionsPerHost: Self.connections, maximumConnections: Self.connections),
            time: time, onTurn: built.beat("influx"))
        let writer = InfluxWriter(
            settings: section.settings, transport: transport, time: time,
            random: SeededRandom(seed: .random(in: .min ... .max)), logger: logger, collect: { await feed.look() })
        built.answers.influx = writer
        let first: [any Service] = [transport, writer]
        built.services = first + built.services
    }
}
