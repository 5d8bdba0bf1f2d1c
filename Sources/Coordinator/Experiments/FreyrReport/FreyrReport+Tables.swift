import FaaSSimulation
import Harvesting
import Measures
import Reports

extension FreyrReport {
    /// A table and what stands above it.
    struct CaptionedTable {
        let caption: String
        let table: TextTable
    }

    /// The tables of the report; those that would be empty are left out.
    var tables: [CaptionedTable] { [comparison, shares, seeds].compactMap(\.self) }

    private var counted: String {
        subjects.contains { $0.runs.count > 1 } ? "medians over the seeds, quartiles in brackets" : "one seed"
    }

    private static let numbers = TextTable.Alignment.right

    /// What is compared with the paper.
    private var comparison: CaptionedTable? {
        guard !subjects.isEmpty else { return nil }
        let columns: [TextTable.Column] = [
            .init("manager"), .init("mean RFET", Self.numbers), .init("paper", Self.numbers),
            .init("p50", Self.numbers), .init("p98", Self.numbers), .init("p99", Self.numbers),
            .init("p98 of harvested", Self.numbers), .init("98 % completed within, s", Self.numbers),
            .init("paper", Self.numbers), .init("p99 latency, s", Self.numbers),
        ]
        let rows = subjects.map { subject -> [TextTable.Cell] in
            let published = FreyrReportPublished.figures(for: subject.manager)
            return [
                TextTable.Cell(subject.title, subject.manager == "freyr" ? .strong : .plain),
                spread(subject, decimals: 3) { $0.metrics.relativeExecution.mean },
                TextTable.Cell(NumberText.fixed(published?.meanRelativeExecution, decimals: 2), .faint),
                cell(subject, decimals: 2) { $0.metrics.relativeExecution.quantile(0.5) },
                cell(subject, decimals: 2) { $0.metrics.relativeExecution.quantile(0.98) },
                cell(subject, decimals: 2) { $0.metrics.relativeExecution.quantile(0.99) },
                cell(subject, decimals: 2) { $0.metrics.relativeExecutionOfHarvested.quantile(0.98) },
                spread(subject, decimals: 1) { $0.metrics.completionSeconds.quantile(0.98) },
                TextTable.Cell(NumberText.fixed(published?.completionSeconds, decimals: 0), .faint),
                cell(subject, decimals: 1) { $0.metrics.completionSeconds.quantile(0.99) },
            ]
        }
        return CaptionedTable(
            caption: "Relative function execution time (RFET) and completion (\(counted))",
            table: TextTable(columns: columns, rows: rows))
    }

    /// What the managers did to calls and cluster.
    private var shares: CaptionedTable? {
        guard !subjects.isEmpty else { return nil }
        let titles = [
            "harvested", "accelerated", "both", "safeguarded", "CPU taken", "memory taken", "slower", "faster",
            "reclaimed", "cold starts", "waited", "mean wait, s", "CPU held", "CPU used",
        ]
        let rows = subjects.map { subject -> [TextTable.Cell] in
            let share = { (count: @escaping (CallMetrics) -> Int) in
                TextTable.Cell(NumberText.percent(subject.median { $0.metrics.share(count($0.metrics)) }))
            }
            let percent = { (value: @escaping (Run) -> Double?) in
                TextTable.Cell(NumberText.percent(subject.median(value)))
            }
            return [
                TextTable.Cell(subject.title, subject.manager == "freyr" ? .strong : .plain),
                share(\.harvested), share(\.accelerated), share(\.harvestedAndAccelerated), share(\.safeguarded),
                percent(\.metrics.meanCPUShareHarvested), percent(\.metrics.meanMemoryShareHarvested),
                share(\.slower), share(\.faster), share(\.reclaimed), share(\.cold), share(\.waited),
                cell(subject, decimals: 2) { $0.metrics.waitSeconds.mean },
                percent { meanShare($0, \.allocatedCoreSeconds) }, percent { meanShare($0, \.usedCoreSeconds) },
            ]
        }
        return CaptionedTable(
            caption:
                "What became of calls, as shares of them, and of the cluster's CPU (\(counted.prefix { $0 != "," }))",
            table: TextTable(
                columns: [.init("manager")] + titles.map { .init($0, Self.numbers) }, rows: rows))
    }

    /// Every seed for itself.
    private var seeds: CaptionedTable? {
        guard subjects.contains(where: { $0.runs.count > 1 }) else { return nil }
        let rows = subjects.flatMap { subject in
            subject.runs.map { run -> [TextTable.Cell] in
                [
                    TextTable.Cell(subject.title), TextTable.Cell("\(run.seed)"),
                    TextTable.Cell("\(run.metrics.calls)"),
                    TextTable.Cell(NumberText.fixed(run.metrics.relativeExecution.mean, decimals: 3)),
                    TextTable.Cell(
                        NumberText.fixed(run.metrics.relativeExecutionOfHarvested.quantile(0.98), decimals: 2)),
                    TextTable.Cell(NumberText.fixed(run.metrics.completionSeconds.quantile(0.98), decimals: 1)),
                    TextTable.Cell(NumberText.percent(run.metrics.share(run.metrics.harvested))),
                    TextTable.Cell(NumberText.percent(run.metrics.share(run.metrics.accelerated))),
                ]
            }
        }
        let titles = [
            "seed", "calls", "mean RFET", "p98 of harvested", "98 % completed within, s", "harvested", "accelerated",
        ]
        return CaptionedTable(
            caption: "Every seed",
            table: TextTable(columns: [.init("manager")] + titles.map { .init($0, Self.numbers) }, rows: rows))
    }

    /// What `amount` came to in the run, as a share of what the servers' CPU would have come to.
    func meanShare(_ run: Run, _ amount: (UtilisationSeries.Stretch) -> Double) -> Double? {
        let cores = Double(conditions.cluster.capacity.millicores) / 1_000
        let whole = cores * run.utilisation.endSeconds
        return whole > 0 ? run.utilisation.stretches.reduce(0) { $0 + amount($1) } / whole : nil
    }

    private func cell(
        _ subject: FreyrReportSubject, decimals: Int, _ value: (Run) -> Double?
    ) -> TextTable.Cell {
        TextTable.Cell(NumberText.fixed(subject.median(value), decimals: decimals))
    }

    private func spread(
        _ subject: FreyrReportSubject, decimals: Int, _ value: (Run) -> Double?
    ) -> TextTable.Cell {
        guard let quartiles = subject.quartiles(value), subject.runs.count > 1 else {
            return cell(subject, decimals: decimals, value)
        }
        let text = { (number: Double) in NumberText.fixed(number, decimals: decimals) }
        return TextTable.Cell("\(text(quartiles.median)) [\(text(quartiles.lower)), \(text(quartiles.upper))]")
    }
}
