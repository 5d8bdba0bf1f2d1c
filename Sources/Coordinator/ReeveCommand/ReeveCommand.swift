import ArgumentParser
import CommandShell

/// The operator's command.
@main
struct ReeveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reeve", abstract: "Asks the coordinator, manages keys, and runs experiments.",
        subcommands: [NodesCommand.self, KeysCommand.self])

    static func main() async { await CommandShell.run(Self.self) }
}
