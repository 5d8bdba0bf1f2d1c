import ArgumentParser
import ControlAPI
import Reports

/// `reeve counters`: the newest value of every column of one node.
struct CountersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "counters", abstract: "Show every counter of one node, with source and quality.")

    @Argument(help: "The node.")
    var node: String

    @OptionGroup var query: QueryOptions

    func run() async throws {
        try query.ask("counters", ["node": node], as: CountersAnswer.self) { answer in
            TextTable(
                columns: [
                    .init("METRIC"), .init("OF"), .init("VALUE", .right), .init("AGE s", .right), .init("SOURCE"),
                    .init("QUALITY"), .init("DETAIL"),
                ],
                rows: answer.rows.map { row in
                    let decimals = row.value.map { abs($0) < 100 ? 4 : 0 } ?? 0
                    return [
                        .init(row.metric), .init(row.scope), .init(NumberText.fixed(row.value, decimals: decimals)),
                        .init(NumberText.fixed(row.ageSeconds, decimals: 2)), .init(row.source),
                        .init(row.quality, row.quality == "unavailable" ? .faint : .plain),
                        .init(row.detail ?? ""),
                    ]
                }
            ).text(colour: OutputFormat.isTerminal)
        }
    }
}
