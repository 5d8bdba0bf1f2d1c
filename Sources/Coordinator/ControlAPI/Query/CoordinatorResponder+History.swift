import Store

extension CoordinatorResponder {
    /// Points of one answer at most, all series together: a few megabytes of text.
    private static let mostPoints = 100_000

    func history(_ arguments: inout QueryArguments) throws -> HistoryAnswer {
        let history = try history()
        let now = unixSeconds()
        let from = try moment("from", &arguments, default: "-1h", now: now)
        let to = try moment("to", &arguments, default: "now", now: now)
        let points = Int(try arguments.integer("points", in: 1...Int64(HistoryQuery.mostPoints), default: 240) ?? 240)
        let subjects = subjects(&arguments)
        let scope = arguments.optionalString("scope")
        var answer = HistoryAnswer(fromUnixSeconds: from, toUnixSeconds: to, series: [], metrics: nil)
        guard let metric = arguments.optionalString("metric") else {
            answer.metrics = history.metrics
            return answer
        }
        try arguments.finish()
        // No series is of two things, and in no time nothing was measured.
        guard subjects.count < 2, from < to else { return answer }
        let query = HistoryQuery(
            metric: metric, subject: subjects.first, scope: scope, fromUnixSeconds: from, toUnixSeconds: to, maximumPoints: points)
        let count = history.seriesCount(query)
        guard count * points <= Self.mostPoints else {
            throw QueryArguments.BadArgument(
                sentence: "history has \(count) series of \(metric), with \(points) points each: allowed are \(Self.mostPoints) "
                    + "points together, so ask for one node, for one scope such as system, or for fewer points")
        }
        answer.series = try history.query(query).map { HistoryAnswer.Series($0) }
        return answer
    }

    private func moment(
        _ name: String, _ arguments: inout QueryArguments, default standard: String, now: Double
    ) throws(QueryArguments.BadArgument) -> Int64 {
        let text = try arguments.string(name, default: standard)
        guard let moment = HistoryMoment.unixSeconds(text, now: now) else {
            throw QueryArguments.BadArgument(
                sentence: "history's \(name) is \"\(text.prefix(100))\": allowed is \(HistoryMoment.allowed)")
        }
        return moment
    }

    private func subjects(_ arguments: inout QueryArguments) -> [SeriesIdentity.Subject] {
        let subjects: [SeriesIdentity.Subject?] = [
            arguments.optionalString("node").map { .node($0) }, arguments.optionalString("workflow").map { .workflow($0) },
            arguments.optionalString("function").map { .function($0) },
        ]
        return subjects.compactMap { $0 }
    }
}
