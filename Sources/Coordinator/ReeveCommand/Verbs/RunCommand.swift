import ArgumentParser
import CommandShell
import ControlAPI
import Foundation
import Settings

/// `reeve run`: a workflow is run, with a latency that it is meant to stay within.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a workflow, and wait for its result unless told not to.",
        discussion: """
            The run begins at once, or when the scheduler has decided about it. `reeve runs` lists runs, `reeve result` \
            fetches what became of one, `reeve cancel` ends it. Ends with 1 when the run fails or is cancelled; a missed \
            target is told and is no failure.
            """)

    @Argument(help: "The workflow's name.")
    var workflow: String

    @Option(help: "The file with the input, or - for standard input; without it the input is empty.")
    var input: String?

    @Option(help: "The latency that the run is meant to stay within, such as 26s or 1500ms.")
    var qos: String

    @Flag(help: "Whether to wait for the result.")
    var patience = Patience.wait

    /// What to do once the run is taken.
    enum Patience: String, EnumerableFlag {
        /// Wait for its end and print the result.
        case wait
        /// Print its name.
        case async
    }

    @OptionGroup var query: QueryOptions

    /// The gateway is asked about every function before a run is taken, in milliseconds.
    private static let submissionMilliseconds = 60_000
    /// The most that the input may have, in bytes: a question is one message of 1 MiB.
    private static let mostInputBytes = 1_000_000
    private static let nanosecondsBetweenLooks: UInt64 = 200_000_000

    func validate() throws { _ = try seconds() }

    func run() async throws {
        var arguments = ["workflow": workflow, "qosSeconds": "\(try seconds())"]
        arguments["input"] = try text()
        if patience == .async {
            try query.ask("run-submit", arguments, as: RunSubmittedAnswer.self, within: Self.submissionMilliseconds) { $0.run }
            return
        }
        let json = try query.json(of: "run-submit", arguments, within: Self.submissionMilliseconds)
        let run = try query.read(RunSubmittedAnswer.self, from: json, verb: "run-submit").run
        while true {
            let json = try query.json(of: "run-result", ["run": run])
            let answer = try query.read(RunResultAnswer.self, from: json, verb: "run-result")
            guard answer.run.hasEnded else {
                try await Task.sleep(nanoseconds: Self.nanosecondsBetweenLooks)
                continue
            }
            query.show(json, as: RunText.text(of: answer))
            if answer.run.state != "completed" { throw ExitCode(1) }
            return
        }
    }

    private func seconds() throws -> Double {
        guard let nanoseconds = DurationText.parse(qos), nanoseconds > 0 else {
            throw ValidationError("--qos is \"\(qos)\": allowed is a whole number and a unit, such as 26s or 1500ms")
        }
        return Double(nanoseconds) * 1e-9
    }

    private func text() throws(CommandFailure) -> String? {
        guard let input else { return nil }
        let bytes: Data
        do {
            if input == "-" {
                bytes = try FileHandle.standardInput.readToEnd() ?? Data()
            } else {
                bytes = try Data(contentsOf: URL(fileURLWithPath: input))
            }
        } catch {
            throw .badConfiguration("--input \(input) cannot be read: \((error as NSError).localizedDescription)")
        }
        guard bytes.count <= Self.mostInputBytes else {
            throw .badConfiguration(
                "--input \(input) has \(bytes.count) bytes: allowed are \(Self.mostInputBytes); larger things belong in "
                    + "the object store")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .badConfiguration("--input \(input) is no text: allowed is text in UTF-8; other things belong in the object store")
        }
        return text
    }
}

/// `reeve runs`: the runs there are.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List the newest runs of workflows, those that go on among them.")

    @Option(help: "How many.")
    var limit = 20

    @OptionGroup var query: QueryOptions

    func run() async throws {
        try query.ask("run-list", ["limit": "\(limit)"], as: RunsAnswer.self) { RunText.table(of: $0.runs) }
    }
}

/// `reeve result`: what became of a run.
struct ResultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "result", abstract: "Show how a run went: its output, its failure, and each call of a function.")

    @Argument(help: "The run, as reeve runs names it.")
    var id: String

    @OptionGroup var query: QueryOptions

    func run() async throws {
        try query.ask("run-result", ["run": id], as: RunResultAnswer.self) { RunText.text(of: $0) }
    }
}

/// `reeve cancel`: a run is ended.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a run.",
        discussion: "What functions are doing for it they go on with: a gateway cannot take back what it has passed on.")

    @Argument(help: "The run, as reeve runs names it.")
    var id: String

    @OptionGroup var query: QueryOptions

    func run() async throws {
        try query.ask("run-cancel", ["run": id], as: RunResultAnswer.self) { "run \($0.run.run) is being cancelled" }
    }
}
