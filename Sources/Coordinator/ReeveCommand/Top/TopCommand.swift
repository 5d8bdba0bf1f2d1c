import ArgumentParser
import CommandShell
import ControlAPI
import Measures
import Reports

/// `reeve top`: the coordinator at a glance, live.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Show nodes, workflows, changes, loans and routes at a glance, live.",
        discussion: """
            Keys: q ends, s orders the nodes by the next metric, the arrows and page keys scroll them, the space bar holds the \
            screen. Where standard output is no terminal, or with --once, one look is printed.
            """)

    @Option(help: "Seconds between two looks: 0.2 to 60.")
    var interval = 1.0

    @Flag(help: "Print one look and end.")
    var once = false

    @OptionGroup var query: QueryOptions

    func validate() throws {
        guard (0.2...60).contains(interval) else { throw ValidationError("--interval is \(interval): allowed is 0.2 to 60") }
        guard query.output == .table else { throw ValidationError("--output is \(query.output.rawValue): allowed is table; for programs there are reeve status, nodes and so on") }
    }

    func run() async throws {
        let reading = try TopReading(query)
        guard !once, let screen = TerminalScreen() else {
            let lines = TopScreen(
                reading: reading, view: TopView(), columns: .max, rows: .max, isColoured: OutputFormat.isTerminal
            ).lines()
            return print(lines.joined(separator: "\n"))
        }
        defer { screen.close() }
        watch(on: screen, from: reading)
    }

    /// Draws and reads until the reader has seen enough. A coordinator that does not answer is told below what was read
    /// last.
    private func watch(on screen: TerminalScreen, from first: TopReading) {
        var (reading, view, trouble) = (first, TopView(), String?.none)
        let time = SystemTime()
        var nextLook = time.now.advanced(byNanoseconds: UInt64(interval * 1e9))
        while true {
            let (columns, rows) = screen.size
            screen.draw(Self.lines(reading, view, trouble, columns: columns, rows: rows))
            let left = max(nextLook.seconds(since: time.now), 0)
            for key in screen.keys(withinMilliseconds: Int32(left * 1_000)) {
                if case .quit = view.take(key, page: TopScreen.page(rows: rows)) { return }
            }
            guard time.now >= nextLook else { continue }
            if !view.isHeld {
                do throws(CommandFailure) {
                    reading = try TopReading(query)
                    trouble = nil
                } catch {
                    trouble = error.sentence
                }
            }
            nextLook = time.now.advanced(byNanoseconds: UInt64(interval * 1e9))
        }
    }

    private static func lines(
        _ reading: TopReading, _ view: TopView, _ trouble: String?, columns: Int, rows: Int
    ) -> [String] {
        let screen = TopScreen(
            reading: reading, view: view, columns: columns, rows: trouble == nil ? rows : rows - 1,
            isColoured: Terminal.takesColour)
        return (trouble.map { [TextTable.line("no answer: \($0)", .bad, within: columns, colour: Terminal.takesColour)] } ?? [])
            + screen.lines()
    }
}
