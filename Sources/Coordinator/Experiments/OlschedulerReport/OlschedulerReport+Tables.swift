import Reports
import RouterSimulation

extension OlschedulerReport {
    /// A table and the sentence above it.
    struct CaptionedTable {
        let caption: String
        let table: TextTable
    }

    /// Every balancer beside what was published of it.
    static func table(of result: OlschedulerResult) -> CaptionedTable {
        let best = result.results.values.map(\.meanMs).min()
        let beside = result.variant == .sharedHost
        let rows = balancers(of: result).map { name, summary in
            row(name, summary, isBest: summary.meanMs == best)
                + (beside ? publishedCells(OlschedulerPublished.figures(for: name)) : [])
        }
        return CaptionedTable(
            caption: "\(name(of: result.variant)): latencies in seconds, medians over the runs",
            table: TextTable(columns: columns("balancer") + (beside ? publishedColumns : []), rows: rows))
    }

    /// Package-aware by threshold beside what was published of it.
    static func sweepTable(of result: OlschedulerResult) -> CaptionedTable {
        let best = result.sweep.map(\.result.meanMs).min()
        let beside = result.variant == .sharedHost
        let rows = result.sweep.map { entry in
            row("\(entry.threshold)", entry.result, isBest: entry.result.meanMs == best)
                + (beside ? publishedCells(OlschedulerPublished.figures(forThreshold: entry.threshold)) : [])
        }
        return CaptionedTable(
            caption: "\(name(of: result.variant)): package-aware by load threshold, in seconds",
            table: TextTable(columns: columns("threshold") + (beside ? publishedColumns : []), rows: rows))
    }

    private static func columns(_ first: String) -> [TextTable.Column] {
        [.init(first)]
            + ["mean", "median", "p99", "largest", "mean, ended in 300 s", "ended in 300 s", "installs"].map {
                .init($0, .right)
            }
    }

    private static let publishedColumns: [TextTable.Column] = [
        .init("thesis mean", .right), .init("log mean", .right), .init("log p99", .right), .init("log ended", .right),
    ]

    private static func row(_ name: String, _ summary: OlschedulerSummary, isBest: Bool) -> [TextTable.Cell] {
        [
            TextTable.Cell(name, isBest ? .strong : .plain), seconds(summary.meanMs), seconds(summary.medianMs),
            seconds(summary.p99Ms), seconds(summary.maxMs), seconds(summary.meanCompletedMs), count(summary.completed),
            count(summary.installs),
        ]
    }

    private static func publishedCells(_ published: OlschedulerPublished?) -> [TextTable.Cell] {
        [
            seconds(published?.textMeanMs), seconds(published?.logMeanMs), seconds(published?.logP99Ms),
            count(published?.completed),
        ]
    }

    private static func seconds(_ milliseconds: Double?) -> TextTable.Cell {
        TextTable.Cell(NumberText.fixed(milliseconds.map { $0 / 1_000 }, decimals: 2))
    }

    private static func count(_ value: Double?) -> TextTable.Cell {
        TextTable.Cell(NumberText.fixed(value, decimals: 0))
    }
}
