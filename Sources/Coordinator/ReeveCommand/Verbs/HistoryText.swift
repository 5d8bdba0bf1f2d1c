import ControlAPI
import Reports
import Settings

/// The history as people and programs read it.
enum HistoryText {
    static func table(of answer: HistoryAnswer) -> String {
        if let metrics = answer.metrics {
            return metrics.isEmpty ? "nothing has been written yet" : metrics.joined(separator: "\n")
        }
        guard !answer.series.isEmpty else { return "there is nothing of that metric in that time" }
        return answer.series.map(table(of:)).joined(separator: "\n\n")
    }

    private static func table(of series: HistoryAnswer.Series) -> String {
        let subject = [series.node ?? series.workflow ?? series.function, series.scope].compactMap { $0 }.joined(separator: ", ")
        let length = DurationText.format(nanoseconds: UInt64(max(series.secondsPerPoint, 1)) * 1_000_000_000)
        let unit = series.unit.isEmpty ? "" : " in \(series.unit)"
        let rows = series.points.compactMap { point -> [TextTable.Cell]? in
            guard point.count == 5 else { return nil }
            return [.init(HistoryMoment.text(unixSeconds: point[0]))]
                + point[1...3].map { .init(HistoryNumber.text($0)) } + [.init(NumberText.fixed(point[4], decimals: 0))]
        }
        let table = TextTable(
            columns: [
                .init("FROM"), .init("MEAN", .right), .init("LEAST", .right), .init("GREATEST", .right), .init("VALUES", .right),
            ], rows: rows)
        return "\(series.metric) of \(subject)\(unit), a point for \(length)\n" + table.text(colour: OutputFormat.isTerminal)
    }

    /// One line for each point, under a head: fields with a comma or a quotation mark in them stand in such marks (RFC 4180).
    static func csv(of answer: HistoryAnswer) -> String {
        if let metrics = answer.metrics { return (["metric"] + metrics.map(field)).joined(separator: "\n") }
        var lines = ["time,unix_seconds,seconds_per_point,metric,node,workflow,function,scope,mean,min,max,count"]
        for series in answer.series {
            let names = [series.metric, series.node ?? "", series.workflow ?? "", series.function ?? "", series.scope].map(field)
            for point in series.points where point.count == 5 {
                let begin = ["\(HistoryMoment.text(unixSeconds: point[0]))", "\(Int64(point[0]))", "\(series.secondsPerPoint)"]
                let values = point[1...3].map { "\($0)" } + ["\(Int64(point[4]))"]
                lines.append((begin + names + values).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { [",", "\"", "\n", "\r"].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

/// Numbers of any size in few digits.
enum HistoryNumber {
    private static let units = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]

    static func text(_ value: Double) -> String {
        for (size, name) in units where abs(value) >= 10 * size {
            return NumberText.fixed(value / size, decimals: 1) + name
        }
        return NumberText.fixed(value, decimals: abs(value) >= 100 ? 1 : 3)
    }
}
