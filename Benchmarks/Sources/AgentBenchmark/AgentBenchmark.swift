internal import Foundation
internal import Measures
internal import Topology

/// Measures what the real agent costs on a node with 64 virtual CPUs, beside a bare C loop of the same reads and
/// Debian's prometheus-node-exporter scraped at the same rate; ends with status 1 above a limit.
///
/// Arguments: the agent's binary, and how many rounds to measure (5 unless given).
@main
struct AgentBenchmark {
    static let limits = [
        Rate(intervalMilliseconds: 500, windowSeconds: 10, shareLimit: 0.003),
        Rate(intervalMilliseconds: 10, windowSeconds: 5, shareLimit: 0.10),
    ]
    static let residentLimitKilobytes = 20 << 10
    static let bareRatioLimit = 2.0
    static let exporterRatioLimit = 0.1
    /// How long memory is watched at the highest rate, and by how much it may grow meanwhile.
    static let memorySeconds = 60.0
    static let growthLimitKilobytes = 1 << 10

    static func main() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        if arguments.first == ReadPlan.argument {
            guard arguments.count == 3, let root = arguments.dropFirst().first,
                let interval = arguments.last.flatMap({ Int($0) })
            else { throw BenchmarkError(description: "\(ReadPlan.argument) needs a folder and milliseconds") }
            try ReadPlan(root: root, intervalMilliseconds: interval).runForever(intervalMilliseconds: interval)
        }
        guard let agent = arguments.popFirst(), FileManager.default.isExecutableFile(atPath: agent) else {
            throw BenchmarkError(
                description: "name the agent's binary: agent-benchmark .build/release/reeve-agent [rounds]")
        }
        let rounds = arguments.popFirst().flatMap { Int($0) } ?? 5
        // Registers in memory, as they are in a processor: a disk would answer some of the reads later.
        let folder = "/dev/shm/reeve-benchmark-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let node = try VirtualNode(root: folder)
        let coordinator = try await Coordinator(folder: folder)
        let stand = Stand(agent: agent, node: node, coordinator: coordinator, folder: folder)
        var isMet = true
        for rate in limits { isMet = try stand.compare(at: rate, rounds: rounds).print() && isMet }
        isMet = try stand.watchMemory(seconds: memorySeconds) && isMet
        try await coordinator.stop()
        node.stop()
        try FileManager.default.removeItem(atPath: folder)
        exit(isMet ? 0 : 1)
    }
}

/// How often samples are taken, for how long they are counted, and the share of one core that they may cost.
struct Rate {
    let intervalMilliseconds: Int
    let windowSeconds: Double
    let shareLimit: Double
}
