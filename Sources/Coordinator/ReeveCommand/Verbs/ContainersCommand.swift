import ArgumentParser
import ControlAPI
import Reports

/// `reeve containers`: what the containers of nodes use, and what they are allowed to use.
struct ContainersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "containers", abstract: "Show what containers use, and what they are allowed to use.",
        discussion: """
            CPU is in cores: the mean over the last reporting interval and its largest window of 100 ms. Memory is the \
            largest working set. HELD BACK counts the windows in which the CPU limit was reached.
            """)

    @Option(help: "The node; all nodes if none is given.")
    var node: String?

    @OptionGroup var query: QueryOptions

    func run() async throws {
        var arguments: [String: String] = [:]
        arguments["node"] = node
        try query.ask("containers", arguments, as: ContainersAnswer.self) { answer in
            guard !answer.nodes.isEmpty else { return "no agent has reported containers yet" }
            let table = TextTable(
                columns: [
                    .init("NODE"), .init("POD"), .init("CONTAINER"), .init("FUNCTION"), .init("CPU MEAN", .right),
                    .init("PEAK", .right), .init("LIMIT", .right), .init("MEMORY MiB", .right), .init("LIMIT", .right),
                    .init("HELD BACK", .right), .init("ID"),
                ],
                rows: answer.nodes.flatMap { node in node.containers.map { Self.row($0, of: node.node) } })
            let remarks = answer.nodes.compactMap { Self.remark($0) }
            return ([table.text(colour: OutputFormat.isTerminal)] + remarks).joined(separator: "\n")
        }
    }

    private static func row(_ container: ContainersAnswer.Container, of node: String) -> [TextTable.Cell] {
        let pod = [container.namespace, container.pod].compactMap { $0 }.joined(separator: "/")
        func limit(_ text: String, _ isUnlimited: Bool?) -> TextTable.Cell {
            isUnlimited == true ? .init("none", .faint) : .init(text)
        }
        return [
            .init(node), .init(pod.isEmpty ? NumberText.absent : pod), .init(container.container ?? NumberText.absent),
            .init(container.function ?? NumberText.absent),
            .init(NumberText.fixed(container.cpuCoresMean, decimals: 3)),
            .init(NumberText.fixed(container.cpuCoresPeak, decimals: 3)),
            limit(NumberText.fixed(container.cpuLimitCores, decimals: 2), container.isCPUUnlimited),
            .init(ContainerText.mebibytes(container.memoryPeakBytes)),
            limit(ContainerText.mebibytes(container.memoryLimitBytes), container.isMemoryUnlimited),
            .init(container.throttledWindows.map { "\($0)" } ?? NumberText.absent),
            .init(ContainerText.short(container.containerID)),
        ]
    }

    private static func remark(_ node: ContainersAnswer.Node) -> String? {
        if let reason = node.reason { return reason }
        return node.unsampled > 0 ? "\(node.node) has \(node.unsampled) more containers, which are not sampled" : nil
    }
}

/// Containers in tables.
enum ContainerText {
    /// The digits of an id that people tell containers apart by; twelve, as docker and crictl show them.
    static func short(_ id: String) -> String { String(id.prefix(12)) }

    /// Bytes as MiB with one decimal.
    static func mebibytes(_ bytes: UInt64?) -> String {
        NumberText.fixed(bytes.map { Double($0) / 1_048_576 }, decimals: 1)
    }
}
