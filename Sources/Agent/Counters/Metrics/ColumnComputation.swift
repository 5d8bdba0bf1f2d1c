import Topology

/// What a sample has to do for one column, without anything that would have to be retained.
struct ColumnComputation {
    /// Index of the column in its table.
    let column: Int
    let formula: MetricRule.Formula
    /// Where the column's rows stand in `ColumnComputations.rows`.
    let rows: Range<Int>
    /// Whether all of the column's counters have moved.
    let isLive: Bool
}

/// A plan as samples carry it out: what is due together stands together. Several hundred columns are computed at each
/// sample, so that counting references to each one's texts and lists would cost more than the arithmetic.
struct ColumnComputations {
    /// The rows of all columns, one column after the other.
    let rows: [Int]
    private let byCadence: [[ColumnComputation]]

    /// What `plan` asks for while `liveness` is as it is.
    init(_ plan: ColumnPlan, _ liveness: Liveness) {
        var rows: [Int] = []
        var byCadence = [[ColumnComputation]](repeating: [], count: Cadence.allCases.count)
        for (column, entry) in plan.entries.enumerated() where !entry.rows.isEmpty {
            byCadence[entry.recipe.cadence.rawValue].append(
                ColumnComputation(
                    column: column, formula: entry.recipe.formula, rows: rows.count..<rows.count + entry.rows.count,
                    isLive: entry.isLive(liveness)))
            rows += entry.rows
        }
        self.rows = rows
        self.byCadence = byCadence
    }

    /// The columns whose quantities are read at this cadence.
    subscript(cadence: Cadence) -> [ColumnComputation] { byCadence[cadence.rawValue] }
}
