import ArgumentParser
import ControlAPI
import Placement
import Reports

/// `reeve decisions`: what was decided lately, and what came of it.
struct DecisionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decisions", abstract: "Show what was decided, and what came of it: the newest, or those after one.")

    @Option(help: "How many to show: 1 to 2000.")
    var limit = 20

    @Option(help: "Show the decisions after this one instead of the newest.")
    var after: Int64?

    @Option(help: "Show those of this session alone; with --after.")
    var session: Int64?

    @OptionGroup var query: QueryOptions

    func run() async throws {
        var arguments = ["limit": "\(limit)"]
        arguments["after"] = after.map(String.init)
        arguments["session"] = session.map(String.init)
        try query.ask("decisions", arguments, as: DecisionsAnswer.self) { answer in
            TextTable(
                columns: [
                    .init("DECISION", .right), .init("SESSION", .right), .init("REQUEST", .right), .init("ACTION"),
                    .init("WHY"), .init("TARGET s", .right), .init("LATENCY s", .right), .init("QUOTIENT", .right),
                    .init("REWARD", .right),
                ],
                rows: answer.decisions.map { entry in
                    let record = entry.record
                    return [
                        .init("\(entry.sequence)"), .init("\(entry.session)"), .init("\(record.requestSequence)"),
                        .init(record.change ?? record.decision?.action ?? "none"),
                        .init(record.decision.map { $0.isRandom ? "chance" : "value" } ?? "no observation"),
                        .init(NumberText.fixed(record.targetSeconds, decimals: 1)),
                        .init(NumberText.fixed(record.latencySeconds, decimals: 2), record.isServed ? .good : .bad),
                        .init(NumberText.fixed(record.quotient, decimals: 3)),
                        .init(NumberText.fixed(record.reward, decimals: 2)),
                    ]
                }
            ).text(colour: OutputFormat.isTerminal)
        }
    }
}
