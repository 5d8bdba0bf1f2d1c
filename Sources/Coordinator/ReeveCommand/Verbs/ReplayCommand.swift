import ArgumentParser
import CommandShell
import ControlAPI
import Foundation
import Learning
import Store

/// `reeve replay`: recorded decisions taken once more.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide again what stands in the journal, and report the difference.",
        discussion: """
            Without --policy each decision is taken by the policy that took it, in the state that the journal has of it: all \
            come out as recorded, or the exit code is 1. With --policy the learner in that checkpoint takes them; what its \
            other choices would have led to cannot be known. The journal is read beside a running coordinator.
            """)

    @Option(help: "The journal, as in the section store of the coordinator's configuration.")
    var journal = "/var/lib/reeve/journal.sqlite"

    @Option(help: "A learner's checkpoint that is to decide in place of the recorded policies.")
    var policy: String?

    @Option(help: "Begin with what was decided then: an RFC 3339 time, or how long ago, such as 90m or 2h.")
    var from: PointInTime?

    @Option(help: "End with what was decided then.")
    var to: PointInTime?

    @Option(help: "How many decisions that came out otherwise are listed: 0 or more.")
    var list = 20

    @Option(help: "How to print the answer: table or json.")
    var output = OutputFormat.table

    func validate() throws {
        guard list >= 0 else { throw ValidationError("--list is \(list): allowed is 0 or more") }
        if let from, let to, from.unixSeconds() > to.unixSeconds() {
            throw ValidationError("--from is later than --to")
        }
    }

    func run() async throws {
        let report: ReplayReport
        do {
            report = try replayed()
        } catch {
            throw CommandFailure.failed("\(error)")
        }
        switch output {
        case .table: print(ReplayText(report, listed: list).text)
        case .json: try OutputFile.write(json: report, to: "-")
        }
        let strayed = report.decisions.count - report.count(.identical)
        guard policy == nil, strayed > 0 else { return }
        throw CommandFailure.failed("\(strayed) of \(report.decisions.count) decisions did not come out as recorded")
    }

    private func replayed() throws -> ReplayReport {
        let entries = DecisionJournal(try Journal(reading: journal)) { Date().timeIntervalSince1970 }
        let range = (from?.unixSeconds() ?? 0)...(to?.unixSeconds() ?? .infinity)
        let replay = JournalReplay(entries, unixSeconds: range)
        guard let policy else { return try replay.byRecordedPolicies() }
        return try replay.byLearner(of: CheckpointStore(path: policy).load().checkpoint, name: policy)
    }
}
