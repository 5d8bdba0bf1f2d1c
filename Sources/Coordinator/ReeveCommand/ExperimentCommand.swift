import ArgumentParser

/// `reeve experiment`: published experiments, repeated on the simulated test bed in this process.
struct ExperimentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment", abstract: "Repeat a published experiment on the simulated test bed, in this process.",
        subcommands: [CalibrationCommand.self, DarlyCommand.self, FreyrCommand.self, OlschedulerCommand.self])
}
