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

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let logger = logging.logger(label: "reeve.coordinator")
        do {
            let configuration = try readConfiguration()
            for line in configuration.effectiveLines { logger.info("configuration: \(line)") }
            if check { return }
            let parts = try CoordinatorWiring(configuration: configuration, logger: logger).build()
            try await CommandShell.serve(parts.services, heartbeats: parts.heartbeats, logger: logger)
        } catch let error as SettingsError {
            throw CommandFailure.badConfiguration("\(config): \(error.description)")
        }
    }

    private func readConfiguration() throws(SettingsError) -> CoordinatorConfiguration {
        let text: String
        do {
            text = try String(contentsOfFile: config, encoding: .utf8)
        } catch {
            throw SettingsError("the file cannot be read: \(error)")
        }
        return try CoordinatorConfiguration(yaml: text)
    }
}
