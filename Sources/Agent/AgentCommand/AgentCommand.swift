import ArgumentParser
import CommandShell

/// The agent of one node: reads hardware counters and streams them to the coordinator.
@main
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reeve-agent", abstract: "Reads this node's hardware counters and streams them to the coordinator.",
        version: CommandShell.version,
        subcommands: [RunCommand.self, ProbeCommand.self, SampleCommand.self])

    static func main() async { await CommandShell.run(Self.self) }
}
