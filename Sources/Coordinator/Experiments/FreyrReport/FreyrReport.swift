public import FaaSSimulation
import Measures
import Reports

/// The report of the freyr experiment: a page with the paper's plots, and the tables behind them.
public struct FreyrReport: Sendable {
    /// One run of one manager.
    public struct Run: Sendable {
        /// What the manager is called: `fixed`, `greedy`, `ensure`, `freyr`, `oracle`, `everything` or another name.
        public let manager: String
        /// What all draws of the run depended on.
        public let seed: UInt64
        /// What became of its calls.
        public let metrics: CallMetrics
        /// What they had and used over time.
        public let utilisation: UtilisationSeries
        /// Some of them, for drawings; nil where none were kept.
        public let sample: CallSample?

        /// The run of `manager` with `seed`.
        public init(
            manager: String, seed: UInt64, metrics: CallMetrics, utilisation: UtilisationSeries,
            sample: CallSample? = nil
        ) {
            self.manager = manager
            self.seed = seed
            self.metrics = metrics
            self.utilisation = utilisation
            self.sample = sample
        }
    }

    /// Under what the runs were made.
    public struct Conditions: Sendable {
        /// The servers.
        public let cluster: ClusterParameters
        /// What else there is to know, each under its name: trace, rate, rules of drawing, policy, machine and the
        /// like.
        public let facts: [(name: String, value: String)]

        /// The conditions of runs on `cluster`.
        public init(cluster: ClusterParameters, facts: [(name: String, value: String)]) {
            self.cluster = cluster
            self.facts = facts
        }

        /// The conditions of runs of `workload` on `cluster`, with every rule by which it was drawn; `facts` come
        /// first.
        public init(
            cluster: ClusterParameters, workload: Workload, trace: String, facts: [(name: String, value: String)] = []
        ) {
            self.init(
                cluster: cluster,
                facts: facts + [("Trace", trace)] + workload.facts + cluster.facts)
        }
    }

    /// By manager, in the order shown.
    let subjects: [FreyrReportSubject]
    /// Under what they were made.
    public let conditions: Conditions

    /// A report of `runs`, any number of managers and seeds; each manager's lowest seed is the one drawn, figures in
    /// tables are medians over its seeds.
    public init(runs: [Run], conditions: Conditions) {
        subjects = FreyrReportSubject.grouped(runs)
        self.conditions = conditions
    }

    /// The tables of the report for a terminal, each under its caption; `colour` as in ``TextTable/text(colour:)``.
    public func summaryTable(colour: Bool = false) -> String {
        tables.map { "\($0.caption)\n\n\($0.table.text(colour: colour))" }.joined(separator: "\n")
    }

    /// The page: one self-contained HTML file.
    public func html() -> String {
        HTMLDocument(
            title: "reeve: the freyr experiment",
            subtitle: "CPU and memory decided for each call: "
                + subjects.map(\.title).joined(separator: ", ") + ", on the same calls.",
            sections: [
                HTMLSection("What was measured", introduction),
                HTMLSection("Results", tables.map { .table($0.table, caption: $0.caption) } + reading),
                HTMLSection("Relative execution time", relativeFigures),
                HTMLSection("Execution and completion", durationFigures),
                HTMLSection("What calls were given", allocationFigures),
                HTMLSection("Use of the cluster", utilisationFigures),
                HTMLSection("Conditions", [.facts(conditions.facts)]),
            ].filter { !$0.blocks.isEmpty }
        ).html()
    }
}
