import ArgumentParser
import Counters

/// `reeve-agent probe`: what this machine's counters tell, and what they cannot.
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Show each metric's value now, its source and quality, or why there is none.")

    @Option(help: "How long to measure before showing, in milliseconds.")
    var interval: UInt32 = 500

    @OptionGroup var counters: CounterOptions

    func run() async throws {
        let reader = try counters.openReader(periodMilliseconds: interval)
        defer { reader.close() }
        _ = reader.sample()
        try await Task.sleep(for: .milliseconds(interval))
        _ = reader.sample()
        print(ProbeTable.render(reader.table()))
    }
}
