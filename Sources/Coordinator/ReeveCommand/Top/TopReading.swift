import CommandShell
import ControlAPI

/// What the coordinator said at one moment; a part that is switched off is absent.
struct TopReading {
    var status: StatusAnswer
    var values: ValuesAnswer?
    var functions: FunctionsAnswer?
    var requests: RequestsAnswer?
    var timeline: TimelineAnswer?
    var harvest: HarvestAnswer?
    var routes: RoutesAnswer?

    /// How many requests are asked for: what fits into a line of bars, for a few workflows.
    private static let requestCount = 300
    private static let eventCount = 40
    /// How long an answer is waited for, in milliseconds: no longer than whoever presses a key meanwhile wants to wait.
    private static let patience = 1_000

    /// Asks the coordinator that `query` leads to about everything that it runs. Throws `CommandFailure`.
    init(_ query: QueryOptions) throws(CommandFailure) {
        func ask<Answer: Decodable>(
            _ verb: String, _ arguments: [String: String] = [:], as type: Answer.Type
        ) throws(CommandFailure) -> Answer {
            try query.read(type, from: try query.json(of: verb, arguments, within: Self.patience), verb: verb)
        }
        status = try ask("status", as: StatusAnswer.self)
        let parts = Set(status.parts)
        if parts.contains("telemetry") { values = try ask("values", as: ValuesAnswer.self) }
        // A cluster that cannot be asked at the moment takes only its own part away.
        if parts.contains("cluster") { functions = try? ask("functions", as: FunctionsAnswer.self) }
        if parts.contains("store") {
            requests = try ask("requests", ["limit": "\(Self.requestCount)"], as: RequestsAnswer.self)
            timeline = try ask("timeline", ["limit": "\(Self.eventCount)"], as: TimelineAnswer.self)
        }
        if parts.contains("harvesting") { harvest = try ask("harvest", as: HarvestAnswer.self) }
        if parts.contains("routing") { routes = try ask("routes", as: RoutesAnswer.self) }
    }
}
