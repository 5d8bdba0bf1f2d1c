import ArgumentParser
import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// `reeve-agent sample`: the metrics at each interval, as a table or as one JSON object per line.
struct SampleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Print the metrics of the node, its sockets and CPUs at each interval.")

    @Option(help: "Time between samples, in milliseconds: 10 to 60000.")
    var interval: UInt32 = 1_000

    @Option(help: "How many samples to print.")
    var count = 10

    @Flag(help: "One JSON object per sample: metric names to values for the node, its sockets and CPUs; absent is null.")
    var json = false

    @OptionGroup var counters: CounterOptions

    func validate() throws {
        guard (10...60_000).contains(interval) else {
            throw ValidationError("--interval is \(interval): allowed is 10 to 60000 milliseconds")
        }
        guard count >= 1 else { throw ValidationError("--count is \(count): allowed is 1 or more") }
    }

    func run() async throws {
        let reader = try counters.openReader(periodMilliseconds: interval)
        defer { reader.close() }
        _ = reader.sample()
        var drawnLines = 0
        for _ in 0..<count {
            try await Task.sleep(for: .milliseconds(interval))
            _ = reader.sample()
            let rows = reader.table()
            if json {
                print(SampleObject.render(rows))
            } else {
                let table = SampleTable.render(rows)
                // On a terminal each table is drawn over the one before it.
                if drawnLines > 0, isatty(STDOUT_FILENO) == 1 { print("\u{1b}[\(drawnLines)A\u{1b}[J", terminator: "") }
                print(table)
                drawnLines = table.utf8.count { $0 == UInt8(ascii: "\n") } + 1
            }
            fflush(nil)
        }
    }
}
