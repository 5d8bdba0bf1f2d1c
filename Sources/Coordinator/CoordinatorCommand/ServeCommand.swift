import ArgumentParser
import CommandShell
import ControlAPI
import FoundationEssentials
import Logging
import Settings

/// `reeve-coordinator serve`: runs until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the coordinator until it is told to stop.")

    @Option(help: "The YAML file that says what to run; every key is explained in coordinator.yaml.")
    var config: String

    @Flag(help: "Read the configuration, print what is in force, and exit.")
    var check = false

    @Flag(help: "As --check, and read the keys, tokens, certificates and other files that it names.")
    var checkFiles = false

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let logger = logging.logger(label: "reeve.coordinator")
        do {
            let configuration = try Self.read(config)
            for line in configuration.effectiveLines { logger.info("configuration: \(line)") }
            if checkFiles { return try ConfigurationCheck(configuration: configuration, logger: logger).run() }
            if check { return }
            let parts = try CoordinatorWiring(configuration: configuration, logger: logger) {
                [config] () throws(SettingsError) in try Self.read(config)
            }.build()
            try await CommandShell.serve(
                parts.services, heartbeats: parts.heartbeats,
                onHangup: { await RoutingWiring.reload(parts.answers.routing, logger: logger) }, logger: logger)
        } catch let error as SettingsError {
            throw CommandFailure.badConfiguration("\(config): \(error.description)")
        }
    }

    private static func read(_ path: String) throws(SettingsError) -> CoordinatorConfiguration {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw SettingsError("the file cannot be read: \(error)")
        }
        return try CoordinatorConfiguration(yaml: text)
    }
}
