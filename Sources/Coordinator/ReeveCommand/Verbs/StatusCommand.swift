import ArgumentParser
import ControlAPI
import Reports
import Telemetry

/// `reeve status`: what the coordinator runs, and how it is.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what the coordinator runs, and how it is.")

    @OptionGroup var query: QueryOptions

    func run() async throws {
        try query.ask("status", as: StatusAnswer.self) { answer in
            var lines = ["reeve \(answer.version), up \(NumberText.fixed(answer.uptimeSeconds, decimals: 0)) s"]
            if let known = answer.knownNodes, let heard = answer.heardNodes, let counts = answer.telemetry {
                lines.append("telemetry: \(known) of \(heard) nodes known")
                lines.append(
                    "refused: \(counts.refusedConnections) connections, \(counts.revokedMessages) messages of revoked keys, "
                        + "\(counts.wrongNode) of other nodes, \(counts.wrongVersion) of other versions, "
                        + "\(counts.malformed) malformed")
            } else {
                lines.append("telemetry: off")
            }
            if let leadership = answer.leadership { lines.append(Self.line(of: leadership)) }
            lines.append(answer.placement.map { PolicyText.line(of: PolicyAnswer($0).session) } ?? "placement: off")
            if let store = answer.store { lines += Self.lines(of: store) }
            return lines.joined(separator: "\n")
        }
    }

    private static func lines(of store: StoreAnswer) -> [String] {
        var lines = ["journal: \(store.journalFailure.map { "takes nothing: \($0)" } ?? "takes what is decided")"]
        if store.journalFailures > 0 { lines[0] += ", \(store.journalFailures) entries lost since the start" }
        guard let history = store.history else { return lines + ["history: off"] }
        let mebibyte = 1_048_576
        lines.append(
            "history: \(history.state)\(history.reason.map { ": \($0)" } ?? ""), \(history.series) series, "
                + "\(history.usedBytes / mebibyte) of \(history.limitBytes / mebibyte) MiB, "
                + "\(history.droppedPoints) points dropped, \(history.queuedPoints) waiting")
        return lines
    }

    private static func line(of leadership: LeadershipAnswer) -> String {
        if leadership.isLeading { return "leadership: leading, as \(leadership.identity)" }
        return "leadership: standing by for \(leadership.holder ?? "nobody"), as \(leadership.identity)"
    }
}
