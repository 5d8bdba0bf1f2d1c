import ArgumentParser
import ControlAPI
import Reports
import Settings

/// `reeve interfere`: pressure on nodes, for experiments.
struct InterfereCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interfere", abstract: "Put pressure on a node for an experiment, list what there is, or end it.",
        discussion: """
            Percents are of the node's cores: with --cpu each of them is kept busy for that part of the time, with \
            --cache and --memory so many of them empty the last-level cache or fill the way to the memory. On a \
            Kubernetes cluster stress-ng does it, in a Job on that node; what is asked replaces what was there, and \
            ends by itself.
            """)

    @Option(help: "The node.")
    var node: String?

    @Option(help: "Percent of the node's cores to keep busy.")
    var cpu: Double?

    @Option(help: "Percent of the node's cores that empty the last-level cache.")
    var cache: Double?

    @Option(help: "Percent of the node's cores that fill the way to the memory.")
    var memory: Double?

    @Option(name: .customLong("for"), help: "For how long, such as 30s or 10m.")
    var duration: String?

    @Flag(help: "Show what there is.")
    var list = false

    @Flag(help: "End it, on --node or on all nodes.")
    var stop = false

    @OptionGroup var query: QueryOptions

    /// Jobs are made and removed while the answer is waited for, in milliseconds.
    private static let patience = 30_000

    private var shares: [String: Double] {
        [("cpu", cpu), ("cache", cache), ("memory", memory)].reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    func validate() throws {
        let asksForPressure = !shares.isEmpty || duration != nil
        guard [list, stop, asksForPressure].count(where: \.self) == 1 else {
            throw ValidationError("give --list, or --stop, or --node with --cpu, --cache or --memory and --for")
        }
        guard asksForPressure else { return }
        guard node != nil, !shares.isEmpty else {
            throw ValidationError("pressure needs --node and at least one of --cpu, --cache and --memory")
        }
        _ = try seconds()
    }

    func run() async throws {
        if list {
            try query.ask("interference", as: InterferenceAnswer.self, within: Self.patience) { Self.text(of: $0) }
            return
        }
        var arguments: [String: String] = [:]
        arguments["node"] = node
        if stop {
            try query.ask("interference-stop", arguments, as: RelievedAnswer.self, within: Self.patience) {
                $0.nodes.isEmpty ? "there was no pressure" : $0.nodes.map { "\($0) is relieved" }.joined(separator: "\n")
            }
            return
        }
        for (name, percent) in shares { arguments[name] = "\(percent)" }
        arguments["seconds"] = "\(try seconds())"
        try query.ask("interfere", arguments, as: InterferenceAnswer.self, within: Self.patience) { Self.text(of: $0) }
    }

    private func seconds() throws -> UInt64 {
        guard let duration, let nanoseconds = DurationText.parse(duration), nanoseconds >= 1_000_000_000 else {
            throw ValidationError(
                "--for is \"\(duration ?? "")\": allowed is a whole number and a unit, such as 30s, 10m or 1h")
        }
        return nanoseconds / 1_000_000_000
    }

    private static func text(of answer: InterferenceAnswer) -> String {
        guard !answer.pressures.isEmpty else { return "there is no pressure on any node" }
        return TextTable(
            columns: [
                .init("NODE"), .init("CPU", .right), .init("CACHE", .right), .init("MEMORY", .right),
                .init("FOR s", .right),
            ],
            rows: answer.pressures.map { pressure in
                [.init(pressure.node)]
                    + [pressure.cpu, pressure.cache, pressure.memory].map {
                        .init(NumberText.percent($0, decimals: 0))
                    } + [.init("\(pressure.seconds)")]
            }
        ).text(colour: OutputFormat.isTerminal)
    }
}
