import ArgumentParser
import ControlAPI
import FoundationEssentials
import Reports

/// `reeve orders`: who ordered what, and what came of it.
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Show who ordered what, by which way, and what came of it: the newest, or those after one.")

    @Option(help: "How many to show: 1 to 2000.")
    var limit = 20

    @Option(help: "Show the orders after this one instead of the newest.")
    var after: Int64?

    @OptionGroup var query: QueryOptions

    func run() async throws {
        var arguments = ["limit": "\(limit)"]
        arguments["after"] = after.map(String.init)
        try query.ask("orders", arguments, as: OrdersAnswer.self) { answer in
            TextTable(
                columns: [
                    .init("ORDER", .right), .init("WHEN"), .init("WHO"), .init("WAY"), .init("FROM"), .init("VERB"),
                    .init("ARGUMENTS"), .init("NOT CARRIED OUT BECAUSE"),
                ],
                rows: answer.orders.map { entry in
                    let record = entry.record
                    let arguments = record.arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                    let when = Date(timeIntervalSince1970: entry.writtenAtUnixSeconds.rounded(.down))
                    return [
                        .init("\(entry.sequence)"), .init(when.formatted(.iso8601)), .init(record.asker), .init(record.way),
                        .init(record.address ?? ""), .init(record.verb), .init(arguments.joined(separator: " ")),
                        .init(record.failure ?? ""),
                    ]
                }
            ).text(colour: OutputFormat.isTerminal)
        }
    }
}
