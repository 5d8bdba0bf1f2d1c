import FaaSSimulation
import Measures
import Reports

/// All runs of one manager, one for each seed.
struct FreyrReportSubject: Sendable {
    /// The manager's name as runs have it.
    let manager: String
    /// Ascending by seed; never empty.
    let runs: [FreyrReport.Run]

    /// The managers of the paper by its results, then the bounds; others come after them, by name.
    private static let order = ["freyr", "ensure", "fixed", "greedy", "everything", "oracle"]

    /// Groups `runs` by manager, in the order in which the report shows them.
    static func grouped(_ runs: [FreyrReport.Run]) -> [FreyrReportSubject] {
        let byManager = Dictionary(grouping: runs, by: \.manager)
        let others = byManager.keys.filter { !order.contains($0) }.sorted()
        return (order + others).compactMap { manager in
            byManager[manager].map { FreyrReportSubject(manager: manager, runs: $0.sorted { $0.seed < $1.seed }) }
        }
    }

    /// Its name in prose.
    var title: String {
        switch manager {
        case "freyr": "Freyr"
        case "ensure": "ENSURE"
        case "fixed": "Fixed"
        case "greedy": "Greedy"
        case "everything": "Everything"
        case "oracle": "Oracle"
        default: manager
        }
    }

    /// Its line in the charts: the same in all of them.
    var colour: ChartColour {
        switch manager {
        case "freyr": .blue
        case "ensure": .green
        case "fixed": .ink
        case "greedy": .vermilion
        case "everything": .ochre
        case "oracle": .purple
        default: .grey
        }
    }

    /// Its stroke in the charts: bounds are dotted, the baseline is dashed.
    var stroke: LinePanel.Stroke {
        switch manager {
        case "fixed": .dashed
        case "everything", "oracle": .dotted
        default: .solid
        }
    }

    /// The run that is drawn: the one with the lowest seed.
    var shown: FreyrReport.Run { runs[0] }

    /// The spread over the seeds of what `value` reads from a run; nil when no run has it.
    func quartiles(_ value: (FreyrReport.Run) -> Double?) -> Quartiles? {
        Quartiles(runs.compactMap(value))
    }

    /// The median over the seeds of what `value` reads from a run; nil when no run has it.
    func median(_ value: (FreyrReport.Run) -> Double?) -> Double? {
        quartiles(value)?.median
    }
}
