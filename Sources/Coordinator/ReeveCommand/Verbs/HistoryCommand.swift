import ArgumentParser
import CommandShell
import ControlAPI
import Settings

/// `reeve history`: a metric over time.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show a metric over time: what nodes measured, what was decided and lent.",
        discussion: """
            Moments are written as \(HistoryMoment.allowed). Without --metric the names of the metrics that there are \
            are shown. Each point has the mean, the least and the greatest of the values in its while.
            """)

    @Option(help: "The metric, such as instructions_per_cycle or reeve_workflow_latency_seconds.")
    var metric: String?

    @Option(help: "Only this node's.")
    var node: String?

    @Option(help: "Only this workflow's.")
    var workflow: String?

    @Option(help: "Only this function's.")
    var function: String?

    @Option(help: "Only of this part of nodes: system, \"socket 0\" or \"cpu 3\".")
    var scope: String?

    @Option(parsing: .unconditional, help: "The beginning.")
    var from = "-1h"

    @Option(parsing: .unconditional, help: "The end.")
    var to = "now"

    @Option(help: "How many points of each series to show at most, 1 to 10000; neighbours are merged where there are more.")
    var points: Int?

    @OptionGroup var query: QueryOptions

    /// A table is read by a person, and a file by a program.
    private var standardPoints: Int { query.output == .table ? 24 : 240 }

    func run() async throws {
        var arguments = ["from": from, "to": to, "points": "\(points ?? standardPoints)"]
        for (name, value) in [
            ("metric", metric), ("node", node), ("workflow", workflow), ("function", function), ("scope", scope),
        ] { arguments[name] = value }
        let json = try query.json(of: "history", arguments)
        let answer = try query.read(HistoryAnswer.self, from: json, verb: "history")
        guard answer.fromUnixSeconds < answer.toUnixSeconds else {
            throw CommandFailure.badConfiguration("--from \(from) is not before --to \(to): allowed is any moment before it")
        }
        query.show(json, as: query.output == .csv ? HistoryText.csv(of: answer) : HistoryText.table(of: answer))
    }
}
