import Topology

/// The columns of a node and how each is computed: system scope first, then sockets, then cores.
struct ColumnPlan: Sendable {
    struct Entry: Sendable {
        let column: Column
        let recipe: MetricRule.Recipe
        /// The rows that take part; empty where the metric is unavailable.
        let rows: [Int]
        /// The sources behind the recipe's quantities, in their order.
        let sources: [Int]

        /// Whether all of the metric's counters have moved: until then there is no value, not even zero.
        func isLive(_ liveness: Liveness) -> Bool {
            zip(recipe.needs, sources).allSatisfy { liveness.isLive($0, source: $1) }
        }
    }

    let entries: [Entry]
    let table: ColumnTable
    /// The quantities that some column is computed from.
    let quantities: QuantitySet
    /// The quantities that some column would rather be computed from, if they could be had.
    let preferred: QuantitySet

    /// Plans the columns for what is supplied at present. Every metric of the node's kinds of cores stands at system scope,
    /// with the reason where it is unavailable; at socket and core scope it stands only where some CPU of the node has it. `view` is the part of
    /// the machine that counts as the node.
    init(version: UInt32, layout: FrameLayout, view: CPUView, survey: ColumnSurvey) {
        var entries: [Entry] = []
        var preferred: QuantitySet = []
        let cpuRows = layout.topology.cpus.indices.filter { view.contains(layout.topology.cpus[$0].number) }
        let packages = Set(cpuRows.map { layout.topology.cpus[$0].package }).sorted()
        let shared = view.isPartial ? Self.partialRemark : nil
        func add(_ rule: MetricRule, _ scope: Scope, cpus: [Int], sockets: [Int]) {
            let meant = rule.coreKind.map { kind in cpus.filter { layout.topology.cpus[$0].kind == kind } } ?? cpus
            let entry = survey.entry(rule, scope: scope, cpus: meant, sockets: sockets, socketRemark: shared)
            entries.append(entry)
            let passedOver = rule.recipes.prefix { entry.rows.isEmpty || $0 != entry.recipe }
            for recipe in passedOver { preferred.formUnion(recipe.quantities) }
        }
        func socketRows(_ package: Int) -> [Int] { [layout.row(ofPackage: package)].compactMap { $0 } }

        let rules = MetricRule.all(ofCores: Set(cpuRows.map { layout.topology.cpus[$0].kind }))
        for rule in rules { add(rule, .system, cpus: cpuRows, sockets: packages.flatMap(socketRows)) }
        let present = zip(rules, entries).filter { $1.column.quality != .unavailable }
        for package in packages {
            let cpus = layout.cpuRows(ofPackage: package).filter(cpuRows.contains)
            for (rule, _) in present { add(rule, .socket(package), cpus: cpus, sockets: socketRows(package)) }
        }
        for row in cpuRows {
            for (rule, entry) in present where rule.isPerCPU && !entry.recipe.isOfSocket {
                add(rule, .core(layout.topology.cpus[row].number), cpus: [row], sockets: [])
            }
        }
        self.entries = entries
        self.preferred = preferred
        quantities = entries.reduce([]) { $0.union($1.rows.isEmpty ? [] : $1.recipe.quantities) }
        table = ColumnTable(version: version, columns: entries.map(\.column))
    }

    /// The plan for what is supplied by now; its table's version is raised only when a column differs.
    func revised(layout: FrameLayout, view: CPUView, survey: ColumnSurvey) -> ColumnPlan {
        let next = ColumnPlan(version: table.version + 1, layout: layout, view: view, survey: survey)
        guard next.table.columns == table.columns else { return next }
        return ColumnPlan(version: table.version, layout: layout, view: view, survey: survey)
    }

    private static let partialRemark = "of the whole socket, whose other CPUs belong to others"
}
