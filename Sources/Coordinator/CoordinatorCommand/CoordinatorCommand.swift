import ArgumentParser
import CommandShell

/// The coordinator: takes telemetry, decides, and answers queries.
@main
struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reeve-coordinator", abstract: "Takes telemetry, decides over placement, and answers queries.",
        version: CommandShell.version,
        subcommands: [ServeCommand.self])

    static func main() async { await CommandShell.run(Self.self) }
}
