import ArgumentParser
import CommandShell
import ControlAPI
import FoundationEssentials
import Logging
import Measures
import Messaging
import ServiceLifecycle
import Settings
import Telemetry

/// `reeve-coordinator serve`: runs until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the coordinator until it is told to stop.")

    @Option(help: "The YAML file that says what to run; every key is explained in coordinator.yaml.")
    var config: String

    @Flag(help: "Read the configuration, print what is in force, and exit.")
    var check = false

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let configuration = try readConfiguration()
        let logger = logging.logger(label: "reeve.coordinator")
        for line in configuration.effectiveLines { logger.info("configuration: \(line)") }
        if check { return }
        let services = try makeServices(configuration, logger: logger)
        try await CommandShell.serve(services, logger: logger)
    }

    private func readConfiguration() throws(CommandFailure) -> CoordinatorConfiguration {
        let text: String
        do {
            text = try String(contentsOfFile: config, encoding: .utf8)
        } catch {
            throw .badConfiguration("the configuration \(config) cannot be read: \(error)")
        }
        do {
            return try CoordinatorConfiguration(yaml: text)
        } catch {
            throw .badConfiguration("\(config): \(error.description)")
        }
    }

    private func makeServices(
        _ configuration: CoordinatorConfiguration, logger: Logger
    ) throws(CommandFailure) -> [any Service] {
        var services: [any Service] = []
        var hub: TelemetryHub?
        if let telemetry = configuration.telemetry {
            let live = TelemetryHub(settings: telemetry.settings, time: SystemTime())
            hub = live
            services.append(try telemetryService(telemetry, hub: live, logger: logger))
        }
        if let query = configuration.query {
            services.append(
                QueryService(
                    roles: [.localRouter(bind: "ipc://\(query.socketPath)")], authenticator: nil,
                    responder: CoordinatorResponder(hub: hub), logger: logger))
        }
        guard !services.isEmpty else {
            throw .badConfiguration("\(config) switches nothing on: at least one of telemetry, query is needed")
        }
        return services
    }

    private func telemetryService(
        _ telemetry: CoordinatorConfiguration.Telemetry, hub: TelemetryHub, logger: Logger
    ) throws(CommandFailure) -> TelemetryService {
        do {
            return TelemetryService(
                bind: telemetry.bind, keys: try KeyFiles.readPair(secretAt: telemetry.secretKeyPath),
                allowListFolder: telemetry.allowedAgentsFolder, hub: hub, time: SystemTime(), logger: logger)
        } catch {
            throw .badConfiguration("\(config): telemetry.secretKey: \(error.description)")
        }
    }
}
