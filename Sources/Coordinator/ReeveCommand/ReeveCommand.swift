import ArgumentParser
import CommandShell

/// The operator's command.
@main
struct ReeveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reeve", abstract: "Asks the coordinator, manages keys, and runs experiments.",
        version: CommandShell.version,
        subcommands: [
            StatusCommand.self, NodesCommand.self, CountersCommand.self, IntervalCommand.self,
            ContainersCommand.self, LeasesCommand.self, HarvestCommand.self, RoutesCommand.self, FunctionsCommand.self,
            DecisionsCommand.self, ExplainCommand.self, ReplayCommand.self, HistoryCommand.self, OrdersCommand.self,
            TopCommand.self, PolicyCommand.self, PauseCommand.self, ResumeCommand.self, ReleaseCommand.self,
            RunCommand.self, RunsCommand.self, ResultCommand.self, CancelCommand.self, InterfereCommand.self,
            BackupCommand.self, RestoreCommand.self, KeysCommand.self, DemoCommand.self, LiveDemoCommand.self, ExperimentCommand.self,
        ])

    static func main() async { await CommandShell.run(Self.self) }
}
