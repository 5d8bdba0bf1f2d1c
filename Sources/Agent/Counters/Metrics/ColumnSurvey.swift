import Topology

/// Finds the recipe that each column is computed by, and says why where there is none.
struct ColumnSurvey {
    let sourceNames: [String]
    let selection: SourceSelection
    let topology: ProcessorTopology
    let periods: SamplingPeriods

    /// The column of `rule` at `scope`, over the given rows of CPUs and of sockets.
    func entry(
        _ rule: MetricRule, scope: Scope, cpus: [Int], sockets: [Int], socketRemark: String?
    ) -> ColumnPlan.Entry {
        for (choice, recipe) in rule.recipes.enumerated() {
            let rows = recipe.isOfSocket ? sockets : cpus
            let able = rows.filter { row in recipe.needs.allSatisfy { selection.told[row].contains($0) } }
            guard let first = able.first else { continue }
            // Why what is preferred is not to be had is told once, not for each of many CPUs.
            var remarks = recipe.isOfSocket ? [socketRemark] : []
            if scope == .system {
                let preferred = rule.recipes[0]
                let row = choice == 0 ? first : (preferred.isOfSocket ? sockets : cpus).first
                remarks.append(row.flatMap { reason(against: preferred, row: $0, isChosen: choice == 0) })
            }
            return available(
                rule, recipe, scope, able: able, of: rows.count, isShared: recipe.isOfSocket && socketRemark != nil,
                remarks: remarks.compactMap { $0 })
        }
        return unavailable(rule, scope, cpus: cpus, sockets: sockets)
    }

    private func available(
        _ rule: MetricRule, _ recipe: MetricRule.Recipe, _ scope: Scope, able: [Int], of count: Int,
        isShared: Bool, remarks: [String]
    ) -> ColumnPlan.Entry {
        var quality = recipe.quality
        var details: [String] = []
        func note(_ text: String?) {
            if let text, !details.contains(text) { details.append(text) }
        }
        let supplies = recipe.needs.compactMap { selection.supply(of: $0, row: able[0]) }
        note(supplies.first?.kind.detail)
        note(recipe.remark)
        if supplies.contains(where: \.kind.isEstimate) { quality = .estimate }
        if case .halted = recipe.formula,
            selection.told[able[0]].isDisjoint(with: QuantitySet(MetricDerivation.deeperStates))
        {
            quality = .estimate
            note("deeper states cannot be read and are contained")
        }
        if !recipe.isOfSocket, Set(able.map { topology.cpus[$0].kind }).count > 1 {
            note("performance and efficiency cores together")
            if recipe.comparesUnlikeCores { quality = .estimate }
        }
        if able.count < count {
            quality = .estimate
            note("\(able.count) of \(count) parts")
        }
        if isShared { quality = .estimate }
        for remark in remarks { note(remark) }
        let names = Set(able.compactMap { selection.supply(of: recipe.needs[0], row: $0)?.source }).sorted()
        let column = Column(
            metric: rule.metric, scope: scope, source: names.map { sourceNames[$0] }.joined(separator: "+"),
            quality: quality, detail: details.isEmpty ? nil : details.joined(separator: "; "),
            periodMilliseconds: periods.columnMilliseconds(recipe.cadence))
        return ColumnPlan.Entry(column: column, recipe: recipe, rows: able, sources: supplies.map(\.source))
    }

    /// What was said against the preferred recipe: by the sources before the one that supplies it, or, where it was not
    /// chosen, by all of them.
    private func reason(against recipe: MetricRule.Recipe, row: Int, isChosen: Bool) -> String? {
        let quantity = isChosen ? recipe.needs[0] : recipe.needs.first { !selection.told[row].contains($0) }
        guard let quantity else { return nil }
        let denials = selection.denials(of: quantity, row: row)
        return denials.isEmpty ? nil : sentence(denials)
    }

    private func unavailable(_ rule: MetricRule, _ scope: Scope, cpus: [Int], sockets: [Int]) -> ColumnPlan.Entry {
        var denials: [SourceSelection.Denial] = []
        for recipe in rule.recipes {
            guard let row = (recipe.isOfSocket ? sockets : cpus).first,
                let missing = recipe.needs.first(where: { !selection.told[row].contains($0) })
            else { continue }
            // A source is heard once, about the best of the ways that it might have helped with.
            let heard = Set(denials.map(\.source))
            denials += selection.denials(of: missing, row: row).filter { !heard.contains($0.source) }
        }
        let recipe = rule.recipes[0]
        let source = denials.last?.source ?? "none"
        let reason = denials.isEmpty ? "no source has it" : denials.count == 1 ? denials[0].reason : sentence(denials)
        let column = Column(metric: rule.metric, scope: scope, source: source, quality: .unavailable, detail: reason)
        return ColumnPlan.Entry(column: column, recipe: recipe, rows: [], sources: [])
    }

    private func sentence(_ denials: [SourceSelection.Denial]) -> String {
        denials.map { "\($0.source): \($0.reason)" }.joined(separator: "; ")
    }
}
