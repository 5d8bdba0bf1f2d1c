import ArgumentParser
import ControlAPI
import Reports
import Settings
import Topology

/// `reeve nodes`: the agents that are heard, and what their nodes do now.
struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "Show the nodes that are heard, and what they do now.")

    @OptionGroup var query: QueryOptions

    func run() async throws {
        try query.ask("nodes", as: NodesAnswer.self) { answer in
            guard !answer.nodes.isEmpty else { return "no agent has said hello yet" }
            let mebibyte = 1_048_576.0
            return TextTable(
                columns: [
                    .init("NODE"), .init("STATE"), .init("AGE s", .right), .init("INTERVAL", .right),
                    .init("IPC", .right), .init("C0", .right), .init("C1", .right), .init("L3 MISSES M/s", .right), .init("READ MiB/s", .right),
                    .init("WRITE MiB/s", .right), .init("WHY"),
                ],
                rows: answer.nodes.map { node in
                    func value(_ metric: Metric, per unit: Double = 1, decimals: Int) -> TextTable.Cell {
                        .init(NumberText.fixed(node.metrics[metric.name].map { $0 / unit }, decimals: decimals))
                    }
                    return [
                        .init(node.node), .init(node.state, node.state == "known" ? .good : .bad),
                        .init(NumberText.fixed(node.ageSeconds, decimals: 2)),
                        .init(DurationText.format(nanoseconds: UInt64(node.intervalMilliseconds) * 1_000_000)),
                        value(.instructionsPerCycle, decimals: 2),
                        value(.c0Residency, decimals: 3), value(.c1Residency, decimals: 3),
                        value(.l3MissesPerSecond, per: 1e6, decimals: 2),
                        value(.memoryReadBytesPerSecond, per: mebibyte, decimals: 1),
                        value(.memoryWriteBytesPerSecond, per: mebibyte, decimals: 1), .init(node.reason ?? ""),
                    ]
                }
            ).text(colour: OutputFormat.isTerminal)
        }
    }
}
