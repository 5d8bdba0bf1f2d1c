import ArgumentParser
import Counters
import Topology

/// `reeve-agent sample`: prints one line per sample, as text or as JSON.
struct SampleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Print the node's metrics at each interval.")

    @Option(help: "Time between samples, in milliseconds.")
    var interval: UInt32 = 1_000

    @Option(help: "How many samples to print.")
    var count = 10

    @Flag(help: "One JSON object per line: metric names to values, absent metrics as null.")
    var json = false

    @OptionGroup var counters: CounterOptions

    func run() async throws {
        let reader = try counters.openReader(periodMilliseconds: interval)
        defer { reader.close() }
        _ = reader.sample()
        for _ in 0..<count {
            try await Task.sleep(for: .milliseconds(interval))
            let sample = reader.sample()
            let system = sample.table.columns.enumerated().filter { $1.scope == .system }
            let fields = system.map { index, column in
                (name: column.metric.name, value: sample.sample[index].map { "\($0)" })
            }
            if json {
                print("{\(fields.map { "\"\($0.name)\":\($0.value ?? "null")" }.joined(separator: ","))}")
            } else {
                print(fields.map { "\($0.name)=\($0.value ?? "-")" }.joined(separator: " "))
            }
        }
    }
}
