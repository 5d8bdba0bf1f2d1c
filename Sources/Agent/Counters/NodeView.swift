import Topology

/// One node as the counters show it: the columns it has, and its newest sample.
struct NodeView {
    private let view: CPUView
    private(set) var plan: ColumnPlan
    private var newest: [Double?] = []

    init(_ view: CPUView, _ sources: OpenSources) {
        self.view = view
        plan = ColumnPlan(version: 1, layout: sources.layout, view: view, survey: sources.survey)
    }

    /// Plans the columns for what is supplied by now.
    mutating func revise(_ sources: OpenSources) {
        let revised = plan.revised(layout: sources.layout, view: view, survey: sources.survey)
        if revised.table.version != plan.table.version { newest = [] }
        plan = revised
    }

    /// The values of the newest intervals; a metric whose quantities were not due is absent.
    mutating func derive(_ derivation: MetricDerivation, _ tracks: [CadenceTrack], _ liveness: Liveness) -> Sample {
        var values = [Double](repeating: 0, count: plan.entries.count)
        var presence = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        if newest.count != values.count { newest = Array(repeating: nil, count: values.count) }
        for (index, entry) in plan.entries.enumerated() where !entry.rows.isEmpty {
            let track = tracks[entry.recipe.cadence.rawValue]
            guard track.isMeasured else { continue }
            newest[index] = nil
            guard entry.isLive(liveness),
                let value = derivation.value(of: entry.recipe.formula, over: entry.rows, in: track.interval)
            else { continue }
            newest[index] = value
            values[index] = value
            presence[index / 64] |= 1 << UInt64(index % 64)
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
