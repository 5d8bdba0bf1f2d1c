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
            other choices would have led to cannot be known. The journal is read beside a running coordinator. Moments are \
            written as \(HistoryMoment.allowed).
            """)

    @Option(help: "The journal, as in the section store of the coordinator's configuration.")
    var journal = "/var/lib/reeve/journal.sqlite"

    @Option(help: "A learner's checkpoint that is to decide in place of the recorded policies.")
    var policy: String?

    @Option(parsing: .unconditional, help: "Begin with what was decided then; without it with the first.")
    var from: String?

    @Option(parsing: .unconditional, help: "End with what was decided then; without it with the newest.")
    var to: String?

    @Option(help: "How many decisions that came out otherwise are listed: 0 or more.")
    var list = 20

    @Option(help: "How to print the answer: table or json.")
    var output = OutputFormat.table

    func validate() throws {
        guard list >= 0 else { throw ValidationError("--list is \(list): allowed is 0 or more") }
        guard output != .csv else { throw ValidationError("--output is csv: allowed is table or json") }
        _ = try unixSeconds()
    }

    private func unixSeconds() throws -> ClosedRange<Double> {
        let now = Date().timeIntervalSince1970
        func moment(_ text: String?, _ option: String) throws -> Double? {
            guard let text else { return nil }
            guard let seconds = HistoryMoment.unixSeconds(text, now: now) else {
                throw ValidationError("\(option) is \(text): allowed is \(HistoryMoment.allowed)")
            }
            return Double(seconds)
        }
        let (first, last) = (try moment(from, "--from") ?? -.infinity, try moment(to, "--to") ?? .infinity)
        guard first <= last else { throw ValidationError("--from is later than --to") }
        return first...last
    }

    func run() async throws {
        let report: ReplayReport
        do {
            report = try replayed()
        } catch {
            throw CommandFailure.failed("\(error)")
        }
        if output == .json {
            try OutputFile.write(json: report, to: "-")
        } else {
            print(ReplayText(report, listed: list).text)
        }
        let strayed = report.decisions.count - report.count(.identical)
        guard policy == nil, strayed > 0 else { return }
        throw CommandFailure.failed("\(strayed) of \(report.decisions.count) decisions did not come out as recorded")
    }

    private func replayed() throws -> ReplayReport {
        let entries = DecisionJournal(try Journal(reading: journal)) { Date().timeIntervalSince1970 }
        let replay = JournalReplay(entries, unixSeconds: try unixSeconds())
        guard let policy else { return try replay.byRecordedPolicies() }
        return try replay.byLearner(of: CheckpointStore(path: policy).load().checkpoint, name: policy)
    }
}
