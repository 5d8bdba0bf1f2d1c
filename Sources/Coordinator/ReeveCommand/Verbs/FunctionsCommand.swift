import ArgumentParser
import ControlAPI
import Reports

/// `reeve functions`: where each function runs, with how many replicas.
struct FunctionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "functions", abstract: "Show where each function runs, with how many replicas.")

    @OptionGroup var query: QueryOptions

    func run() async throws {
        try query.ask("functions", as: FunctionsAnswer.self) { answer in
            TextTable(
                columns: [.init("FUNCTION"), .init("NODE"), .init("READY", .right), .init("REPLICAS", .right)],
                rows: answer.functions.map { row in
                    [
                        .init(row.function), .init(row.node ?? NumberText.absent),
                        .init(row.readyReplicas.map(String.init) ?? NumberText.absent),
                        .init(row.replicas.map(String.init) ?? NumberText.absent),
                    ]
                }
            ).text(colour: OutputFormat.isTerminal)
        }
    }
}
