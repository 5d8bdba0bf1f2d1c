import Topology

/// One node as the counters show it: the columns it has, and its newest sample.
struct NodeView {
    private let view: CPUView
    private let periods: SamplingPeriods
    private(set) var plan: ColumnPlan
    private var computations: ColumnComputations
    private var newest: [Double?] = []

    /// The columns of `view`; those of what is read less often than each sample say how often `periods` have it read.
    init(_ view: CPUView, _ sources: OpenSources, periods: SamplingPeriods) {
        self.view = view
        self.periods = periods
        plan = ColumnPlan(version: 1, layout: sources.layout, view: view, survey: sources.survey(periods))
        computations = ColumnComputations(plan, sources.liveness)
    }

    /// Plans the columns for what is supplied and known to move by now.
    mutating func revise(_ sources: OpenSources) {
        let revised = plan.revised(layout: sources.layout, view: view, survey: sources.survey(periods))
        if revised.table.version != plan.table.version { newest = [] }
        plan = revised
        computations = ColumnComputations(plan, sources.liveness)
    }

    /// The values of the newest intervals; a metric whose quantities were not due is absent.
    mutating func derive(_ derivation: MetricDerivation, _ tracks: [CadenceTrack]) -> Sample {
        var values = [Double](repeating: 0, count: plan.entries.count)
        var presence = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        if newest.count != values.count { newest = Array(repeating: nil, count: values.count) }
        let computations = self.computations
        for cadence in Cadence.allCases where tracks[cadence.rawValue].isMeasured {
            let interval = tracks[cadence.rawValue].interval
            for computation in computations[cadence] {
                let rows = computations.rows.span.extracting(computation.rows)
                let value = computation.isLive ? derivation.value(of: computation.formula, over: rows, in: interval) : nil
                newest[computation.column] = value
                guard let value else { continue }
                values[computation.column] = value
                presence[computation.column / 64] |= 1 << UInt64(computation.column % 64)
            }
        }
        return Sample(values: values, presence: presence) ?? Sample([])
    }

    /// Every column in its order, with its newest value.
    func table() -> [ProbeRow] {
        plan.table.columns.enumerated().map { index, column in
            ProbeRow(column: column, value: newest.indices.contains(index) ? newest[index] : nil)
        }
    }
}
