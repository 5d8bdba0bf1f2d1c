import Reports

/// The report of the darly experiment: a summary for the terminal and a page with the thesis' plots.
public struct DarlyReport: Sendable {
    /// By scheduler, in the order shown.
    let subjects: [DarlySubject]
    /// In the same order, whatever order they were given in.
    let runs: [DarlyResult]
    /// Under what they were made.
    public let conditions: DarlyConditions

    /// A report of `runs`, any number of schedulers and seeds; each scheduler's lowest seed is the one drawn, figures
    /// in tables are medians over its seeds.
    public init(runs: [DarlyResult], conditions: DarlyConditions) {
        subjects = DarlySubject.grouped(runs)
        self.runs = subjects.flatMap(\.runs)
        self.conditions = conditions
    }

    /// The tables of the report for a terminal, each under its caption; `colour` as in ``TextTable/text(colour:)``.
    public func summaryTable(colour: Bool = false) -> String {
        tables.map { "\($0.caption)\n\n\($0.table.text(colour: colour))" }.joined(separator: "\n")
    }

    /// The page: one self-contained HTML file. `comparison` is the same experiment made otherwise, over several seeds,
    /// whose tables then stand on the page too.
    public func html(comparison: DarlyReport? = nil) -> String {
        HTMLDocument(
            title: "reeve: the darly experiment", subtitle: subtitle,
            sections: [
                HTMLSection("What was measured", introduction),
                HTMLSection("Results", tables.map { .table($0.table, caption: $0.caption) } + reading),
                HTMLSection(
                    "The same in one process and virtual time, over the seeds",
                    comparison?.tables.map { .table($0.table, caption: $0.caption) } ?? []),
                HTMLSection(conditions.world == .live ? "Step by step" : "Training", figures(of: .training)),
                HTMLSection("Frozen inference", conditions.world == .live ? [] : figures(of: .inference)),
                HTMLSection("Every request", conditions.world == .live ? requests : []),
                HTMLSection("Machine and versions", [.facts(provenance)]),
            ].filter { !$0.blocks.isEmpty }
        ).html()
    }
}
