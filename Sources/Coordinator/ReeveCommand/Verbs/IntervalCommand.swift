import ArgumentParser
import ControlAPI
import Reports
import Settings
import Wire

/// `reeve interval`: how often nodes are sampled, and orders about it.
struct IntervalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interval", abstract: "Show how often nodes are sampled, or order another interval.",
        discussion: """
            An order goes to every agent that is connected, and to each that connects later, until the coordinator ends. \
            An order for all replaces those for single nodes. An agent whose own cost is above its budget samples less \
            often than ordered.
            """)

    @Argument(help: "The interval, such as 100ms or 2s: 10ms to 1m. Without it nothing is ordered.")
    var interval: String?

    @Option(help: "The node that it is for; all nodes, those to come included, if none is given.")
    var node: String?

    @OptionGroup var query: QueryOptions

    func validate() throws { _ = try milliseconds() }

    func run() async throws {
        var arguments: [String: String] = [:]
        arguments["milliseconds"] = try milliseconds().map(String.init)
        arguments["node"] = node
        try query.ask("interval", arguments, as: IntervalAnswer.self) { answer in
            let all = "ordered for all nodes: \(Self.text(answer.orderedMilliseconds) ?? "nothing, each agent decides")"
            guard !answer.nodes.isEmpty else { return "\(all)\nno agent has said hello yet" }
            return all + "\n"
                + TextTable(
                    columns: [.init("NODE"), .init("ORDERED", .right), .init("NOW", .right)],
                    rows: answer.nodes.map { node in
                        [
                            .init(node.node), .init(Self.text(node.orderedMilliseconds) ?? NumberText.absent),
                            .init(Self.text(node.intervalMilliseconds) ?? NumberText.absent),
                        ]
                    }
                ).text(colour: OutputFormat.isTerminal)
        }
    }

    private func milliseconds() throws -> UInt32? {
        guard let interval else { return nil }
        let allowed = WireLimits.intervalMilliseconds
        guard let nanoseconds = DurationText.parse(interval), nanoseconds % 1_000_000 == 0,
            let milliseconds = UInt32(exactly: nanoseconds / 1_000_000), allowed.contains(milliseconds)
        else {
            throw ValidationError(
                "the interval is \"\(interval)\": allowed are whole milliseconds from 10ms to 1m, written like 100ms or 2s")
        }
        return milliseconds
    }

    private static func text(_ milliseconds: UInt32?) -> String? {
        milliseconds.map { DurationText.format(nanoseconds: UInt64($0) * 1_000_000) }
    }
}
