internal import Measures
public import Reports

extension FreyrResult {
    /// The managers' figures beside the published ones, medians over the seeds.
    public var summaryTable: TextTable {
        let columns = [TextTable.Column("manager")]
            + [
                "mean RFET", "quartiles", "published", "p98 harvested", "p98 latency s", "published s", "harvested",
                "accelerated", "held", "reward",
            ].map { TextTable.Column($0, .right) }
        let rows = FreyrSubject.allCases.compactMap { subject -> [TextTable.Cell]? in
            guard let figures = results[subject], let spread = spread[subject] else { return nil }
            let published = subject.publishedFigures
            return [
                TextTable.Cell(subject.rawValue),
                Self.cell(figures.meanRFET, 3),
                TextTable.Cell(Self.range(spread.lower.meanRFET, spread.upper.meanRFET), .faint),
                Self.cell(published?.meanRFET, 2),
                Self.cell(figures.p98HarvestedRFET, 3),
                Self.cell(figures.p98LatencySeconds, 1),
                Self.cell(published?.p98CompletionSeconds, 0),
                TextTable.Cell(NumberText.percent(figures.harvestedShare)),
                TextTable.Cell(NumberText.percent(figures.acceleratedShare)),
                Self.cell(figures.meanCharge, 2),
                Self.cell(figures.meanReward, 3),
            ]
        }
        return TextTable(columns: columns, rows: rows)
    }

    private static func cell(_ value: Double?, _ decimals: Int) -> TextTable.Cell {
        TextTable.Cell(NumberText.fixed(value, decimals: decimals))
    }

    private static func range(_ lower: Double?, _ upper: Double?) -> String {
        guard let lower, let upper else { return NumberText.absent }
        return "\(NumberText.fixed(lower, decimals: 3))–\(NumberText.fixed(upper, decimals: 3))"
    }
}
