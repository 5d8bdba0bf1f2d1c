import ArgumentParser
import ControlAPI
import Placement
import Reports

/// `reeve explain`: one decision with the state seen, the value of every action, and what came of it.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell one decision: what was seen, what each action was worth, what came of it.")

    @Argument(help: "The decision's number, as reeve decisions shows it; the newest if none is given.")
    var decision: Int64?

    @OptionGroup var query: QueryOptions

    func run() async throws {
        let arguments = decision.map { ["decision": "\($0)"] } ?? [:]
        try query.ask("explain", arguments, as: DecisionJournal.Entry.self) { Self.text(of: $0) }
    }

    /// The decision as people read it.
    static func text(of entry: DecisionJournal.Entry) -> String {
        let record = entry.record
        var parts = [
            "decision \(entry.sequence) of session \(entry.session), for request \(record.requestSequence) of \(record.workflow)"
        ]
        if let decision = record.decision {
            parts.append(how(decision))
            parts.append(seen(decision))
            parts.append(scores(decision))
        } else {
            parts.append("Nothing was decided: the cluster could not be asked.")
        }
        parts.append(outcome(of: record))
        return parts.joined(separator: "\n\n")
    }

    private static func how(_ decision: DecisionRecord.Decision) -> String {
        let epsilon = NumberText.fixed(decision.epsilon, decimals: 3)
        return decision.isRandom
            ? "\"\(decision.action)\" was chosen by chance (exploration at epsilon \(epsilon))."
            : "\"\(decision.action)\" was chosen by value (exploration at epsilon \(epsilon))."
    }

    private static func seen(_ decision: DecisionRecord.Decision) -> String {
        let absent = Set(decision.absentEntries)
        return TextTable(
            columns: [.init("SEEN"), .init("0 TO 20", .right), .init("")],
            rows: zip(decision.entryNames, decision.observation).enumerated().map { index, entry in
                [
                    .init(entry.0), .init(NumberText.fixed(Double(entry.1), decimals: 2)),
                    .init(absent.contains(index) ? "unknown" : "", .faint),
                ]
            }
        ).text(colour: OutputFormat.isTerminal)
    }

    private static func scores(_ decision: DecisionRecord.Decision) -> String {
        TextTable(
            columns: [.init("ACTION"), .init("VALUE", .right), .init("")],
            rows: decision.actions.indices.map { index in
                let isChosen = index == decision.chosen
                let value = decision.values.isEmpty ? nil : Double(decision.values[index])
                return [
                    .init(decision.actions[index], isChosen ? .strong : .plain),
                    .init(NumberText.fixed(value, decimals: 3)),
                    .init(isChosen ? "chosen" : decision.allowed[index] ? "" : "not allowed", .faint),
                ]
            }
        ).text(colour: OutputFormat.isTerminal)
    }

    private static func outcome(of record: DecisionRecord) -> String {
        var lines = [
            "done: \(record.change ?? "nothing was changed")",
            "latency: \(NumberText.fixed(record.latencySeconds, decimals: 2)) s against a target of "
                + "\(NumberText.fixed(record.targetSeconds, decimals: 1)) s, quotient "
                + NumberText.fixed(record.quotient, decimals: 3),
            "reward: \(NumberText.fixed(record.reward, decimals: 3))",
        ]
        let places = record.assignment.sorted { $0.key < $1.key }.map { "\($0.key) on \($0.value)" }
        if !places.isEmpty { lines.append("ran with: \(places.joined(separator: ", "))") }
        if let replicas = record.replicas { lines.append("replicas: \(replicas)") }
        if let verdict = record.verdict { lines.append("guard: \(verdict)") }
        lines += (record.decision?.barred ?? []).map { "barred by the guard: \($0)" }
        lines += record.failures.map { "failed: \($0)" }
        return lines.joined(separator: "\n")
    }
}
