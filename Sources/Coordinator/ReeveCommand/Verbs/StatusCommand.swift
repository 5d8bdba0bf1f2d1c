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
            return lines.joined(separator: "\n")
        }
    }

    private static func line(of leadership: LeadershipAnswer) -> String {
        if leadership.isLeading { return "leadership: leading, as \(leadership.identity)" }
        return "leadership: standing by for \(leadership.holder ?? "nobody"), as \(leadership.identity)"
    }
}
