import Topology

/// The columns of a node and how each is computed: system scope first, then sockets, then cores.
struct ColumnPlan: Sendable {
    struct Entry: Sendable {
        let column: Column
        let formula: MetricRule.Formula
        /// The rows that take part; empty where the metric is unavailable.
        let rows: [Int]
        /// The quantities behind the metric.
        let needs: [Quantity]

        /// Whether all of the metric's counters have moved: until then there is no value, not even zero.
        func isLive(_ liveness: Liveness) -> Bool { needs.allSatisfy { liveness.isLive($0) } }
    }

    let entries: [Entry]
    let table: ColumnTable
    /// What each row can tell, for `MetricDerivation`.
    let told: [QuantitySet]

    /// Plans the columns for what the sources have at present. Every metric stands at system scope, with the reason
    /// where it is unavailable; at socket and core scope it stands only where some CPU of the node has it.
    init(version: UInt32, layout: FrameLayout, sources: [any CounterSource], liveness: Liveness) {
        let survey = Survey(layout: layout, sources: sources, liveness: liveness)
        told = survey.told
        let topology = layout.topology
        var entries: [Entry] = []
        func add(_ rule: MetricRule, _ scope: Scope, _ rows: [Int]) {
            entries.append(survey.entry(rule, scope: scope, rows: rows))
        }
        let cpuRows = Array(topology.cpus.indices)
        let socketRows = topology.packages.compactMap { layout.row(ofPackage: $0) }
        for rule in MetricRule.all { add(rule, .system, rule.isPerCPU ? cpuRows : socketRows) }
        let present = zip(MetricRule.all, entries).filter { $1.column.quality != .unavailable }.map(\.0)
        for package in topology.packages {
            for rule in present {
                let rows =
                    rule.isPerCPU
                    ? layout.cpuRows(ofPackage: package) : [layout.row(ofPackage: package)].compactMap { $0 }
                add(rule, .socket(package), rows)
            }
        }
        for (row, cpu) in topology.cpus.enumerated() {
            for rule in present where rule.isPerCPU { add(rule, .core(cpu.number), [row]) }
        }
        self.entries = entries
        table = ColumnTable(version: version, columns: entries.map(\.column))
    }

    /// The plan for what the sources have by now; its table's version is raised only when a column differs.
    func revised(layout: FrameLayout, sources: [any CounterSource], liveness: Liveness) -> ColumnPlan {
        let next = ColumnPlan(version: table.version + 1, layout: layout, sources: sources, liveness: liveness)
        guard next.table.columns == table.columns else { return next }
        return ColumnPlan(version: table.version, layout: layout, sources: sources, liveness: liveness)
    }
}

/// Asks the sources what each row can tell.
private struct Survey {
    let sources: [any CounterSource]
    let liveness: Liveness
    let told: [QuantitySet]

    init(layout: FrameLayout, sources: [any CounterSource], liveness: Liveness) {
        self.sources = sources
        self.liveness = liveness
        told = (0..<layout.rowCount).map { row in
            QuantitySet(
                Quantity.allCases.filter { quantity in
                    guard case .available = Self.find(quantity, row, sources, liveness).answer else { return false }
                    return true
                })
        }
    }

    func entry(_ rule: MetricRule, scope: Scope, rows: [Int]) -> ColumnPlan.Entry {
        let able = rows.filter { row in rule.needs.allSatisfy { told[row].contains($0) } }
        guard let first = able.first else { return unavailable(rule, scope, rows.first) }
        let (source, answer) = Self.find(rule.needs[0], first, sources, liveness)
        var quality = rule.quality
        var details: [String] = []
        if case .available(let detail?) = answer { details.append(detail) }
        if case .halted = rule.formula, told[first].isDisjoint(with: QuantitySet(MetricDerivation.deeperStates)) {
            quality = .estimate
            details.append("deeper states cannot be read and are contained")
        }
        if able.count < rows.count {
            quality = .estimate
            details.append("\(able.count) of \(rows.count) parts")
        }
        let detail = details.isEmpty ? nil : details.joined(separator: "; ")
        let column = Column(metric: rule.metric, scope: scope, source: source, quality: quality, detail: detail)
        return ColumnPlan.Entry(column: column, formula: rule.formula, rows: able, needs: rule.needs)
    }

    private func unavailable(_ rule: MetricRule, _ scope: Scope, _ row: Int?) -> ColumnPlan.Entry {
        var source = "none"
        var reason = "no source has it"
        if let row, let missing = rule.needs.first(where: { !told[row].contains($0) }) {
            let found = Self.find(missing, row, sources, liveness)
            source = found.source
            if case .unavailable(let why) = found.answer { reason = why }
        }
        let column = Column(metric: rule.metric, scope: scope, source: source, quality: .unavailable, detail: reason)
        return ColumnPlan.Entry(column: column, formula: rule.formula, rows: [], needs: rule.needs)
    }

    private static func find(
        _ quantity: Quantity, _ row: Int, _ sources: [any CounterSource], _ liveness: Liveness
    ) -> (source: String, answer: Availability) {
        var denial: (source: String, answer: Availability) = ("none", .unavailable(reason: "no source has it"))
        for source in sources {
            guard let answer = source.availability(of: quantity, row: row) else { continue }
            guard case .available = answer else {
                denial = (source.name, answer)
                continue
            }
            if liveness.isStuck(quantity) {
                return (
                    source.name, .unavailable(reason: "its register never moved: it is not implemented or never used")
                )
            }
            return (source.name, answer)
        }
        return denial
    }
}
