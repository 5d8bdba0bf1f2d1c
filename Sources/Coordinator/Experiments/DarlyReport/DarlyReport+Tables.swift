import Measures
import Reports

extension DarlyReport {
    /// A table and the sentence above it.
    struct CaptionedTable {
        let caption: String
        let table: TextTable
    }

    /// The tables of the report; those that would be empty are left out.
    var tables: [CaptionedTable] {
        [
            phaseTable(.training, conditions.world == .live ? "Targets met" : "Training: targets met"),
            phaseTable(.inference, "Frozen inference: targets met"),
            violationGaps(), rewardGaps(), seedTable,
        ].compactMap(\.self)
    }

    /// What the figures of a table stand for.
    private var counted: String {
        subjects.contains { $0.runs.count > 1 } ? "medians over the seeds" : "one seed"
    }

    private func phaseTable(_ phase: DarlyPhase, _ name: String) -> CaptionedTable? {
        let present = subjects.filter { subject in subject.runs.contains { ($0.summary(of: phase)?.steps ?? 0) > 0 } }
        guard !present.isEmpty else { return nil }
        let beside = present.contains { published(for: $0, in: phase) != nil }
        var columns: [TextTable.Column] = [
            .init("scheduler"), .init("loose", .right), .init("strict", .right), .init("violated", .right),
            .init("La/Lt", .right), .init("reward", .right),
        ]
        if phase == .training { columns.append(.init("converged", .right)) }
        if beside { columns += [.init("thesis loose", .right), .init("thesis strict", .right)] }
        let steps = Set(present.compactMap { $0.shown.summary(of: phase)?.steps }).sorted().map(String.init)
        return CaptionedTable(
            caption: "\(name) (\(steps.joined(separator: " or ")) steps, \(counted))",
            table: TextTable(
                columns: columns,
                rows: present.map { row(of: $0, in: phase) + (beside ? publishedCells(for: $0, in: phase) : []) }))
    }

    private func row(of subject: DarlySubject, in phase: DarlyPhase) -> [TextTable.Cell] {
        var row: [TextTable.Cell] = [
            TextTable.Cell(subject.title, subject.role == .learner ? .strong : .plain),
            TextTable.Cell(NumberText.percent(subject.median(phase, \.loose.servedShare))),
            TextTable.Cell(NumberText.percent(subject.median(phase, \.strict.servedShare))),
            TextTable.Cell(Self.count(subject.median(phase) { Double($0.violated) })),
            TextTable.Cell(NumberText.fixed(subject.median(phase, \.meanQuotient), decimals: 3)),
            TextTable.Cell(NumberText.fixed(subject.median(phase, \.cumulativeReward), decimals: 0)),
        ]
        if phase == .training {
            row.append(TextTable.Cell(Self.count(subject.median(phase) { $0.stepsToConverge.map(Double.init) })))
        }
        return row
    }

    private func publishedCells(for subject: DarlySubject, in phase: DarlyPhase) -> [TextTable.Cell] {
        let published = published(for: subject, in: phase)
        let about = subject.role == .learner ? "about " : ""
        return [published?.loose, published?.strict].map { share in
            let text = share.map { about + NumberText.percent($0, decimals: 0) } ?? NumberText.absent
            return TextTable.Cell(text, .faint)
        }
    }

    /// What the thesis published of `subject` that `phase` may be compared with: its figures are of the training in its
    /// own scenario. A scheduler that does not train went through the same phases in inference.
    func published(for subject: DarlySubject, in phase: DarlyPhase) -> DarlyPublished? {
        // Their latencies are of their own machines.
        guard conditions.world != .live, subject.runs.allSatisfy({ $0.scenario == .thesis }) else { return nil }
        let comparable: DarlyPhase = subject.runs.contains { $0.training != nil } ? .training : .inference
        return phase == comparable ? DarlyPublished.figures(for: subject.role) : nil
    }

    /// A ceiling's figure and a scheduler's, of one run.
    private typealias Measured = (phase: DarlyPhaseResult, ceiling: DarlyCeiling)

    private func violationGaps() -> CaptionedTable? {
        gapTable(
            "violated", "Frozen inference: violations beside the fewest possible; the gap is how many more",
            achieved: { Double($0.violated) }, bound: { Double($0.loose.violated + $0.strict.violated) },
            gap: { $0 - $1 })
    }

    private func rewardGaps() -> CaptionedTable? {
        gapTable(
            "reward", "Frozen inference: reward beside the highest possible; the gap is how much less",
            achieved: \.cumulativeReward, bound: \.cumulativeReward, gap: { $1 - $0 })
    }

    /// What each scheduler `achieved` with both ceilings' `bound` and the gaps; a gap is the median of the seeds' own
    /// gaps.
    private func gapTable(
        _ quantity: String, _ caption: String, achieved: (DarlyPhaseResult) -> Double?,
        bound: (DarlyCeiling.Best) -> Double, gap: (Double, Double) -> Double
    ) -> CaptionedTable? {
        let rows = subjects.compactMap { subject -> [TextTable.Cell]? in
            let measured = subject.runs.compactMap { run -> Measured? in
                run.ceiling.map { (run.inference, $0) }
            }
            guard !measured.isEmpty else { return nil }
            func cell(_ value: (Measured) -> Double?) -> TextTable.Cell {
                TextTable.Cell(Self.count(Quartiles(measured.compactMap(value))?.median))
            }
            var row = [TextTable.Cell(subject.title), cell { achieved($0.phase) }]
            for ceiling in [\DarlyCeiling.placement, \DarlyCeiling.actions] {
                row.append(cell { bound($0.ceiling[keyPath: ceiling]) })
                row.append(cell { run in achieved(run.phase).map { gap($0, bound(run.ceiling[keyPath: ceiling])) } })
            }
            return row
        }
        guard !rows.isEmpty else { return nil }
        return CaptionedTable(
            caption: subjects.contains { $0.runs.count > 1 } ? "\(caption) (medians)" : caption,
            table: TextTable(
                columns: [
                    .init("scheduler"), .init(quantity, .right), .init("best placement", .right), .init("gap", .right),
                    .init("best actions", .right), .init("gap", .right),
                ], rows: rows))
    }

    /// What was decided and how long it took, request by request.
    var requests: [HTMLSection.Block] {
        subjects.map { subject in
            .table(
                TextTable(
                    columns: [
                        .init("step", .right), .init("target s", .right), .init("latency s", .right),
                        .init("reward", .right), .init("decision"), .init("by chance"),
                    ],
                    rows: subject.shown.steps(of: .training).map { index, step in
                        let isMet = step.latencySeconds.map { $0 <= step.qosSeconds } ?? false
                        return [
                            TextTable.Cell(String(index + 1)),
                            TextTable.Cell(NumberText.fixed(step.qosSeconds, decimals: 2)),
                            TextTable.Cell(NumberText.fixed(step.latencySeconds, decimals: 2), isMet ? .good : .bad),
                            TextTable.Cell(NumberText.fixed(step.reward, decimals: 2)), TextTable.Cell(step.action),
                            TextTable.Cell(step.random ? "yes" : "no"),
                        ]
                    }), caption: subject.title)
        }
    }

    private var seedTable: CaptionedTable? {
        let repeated = subjects.filter { $0.runs.count > 1 }
        guard !repeated.isEmpty else { return nil }
        let rows = repeated.map { subject -> [TextTable.Cell] in
            let failed = subject.failedSeeds
            let list = failed.isEmpty ? "none" : failed.map(String.init).joined(separator: ", ")
            return [
                TextTable.Cell(subject.title), TextTable.Cell(String(subject.runs.count)),
                TextTable.Cell(Self.spread(subject.quartiles(.inference, \.loose.servedShare))),
                TextTable.Cell(Self.spread(subject.quartiles(.inference, \.strict.servedShare))),
                TextTable.Cell(list, failed.isEmpty ? .plain : .bad),
            ]
        }
        return CaptionedTable(
            caption: """
                Frozen inference over the seeds: quartiles in percent; a seed below 80 % loose or 50 % strict has failed
                """,
            table: TextTable(
                columns: [
                    .init("scheduler"), .init("seeds", .right), .init("loose met", .right), .init("strict met", .right),
                    .init("failed seeds"),
                ], rows: rows))
    }

    private static func spread(_ quartiles: Quartiles?) -> String {
        guard let quartiles else { return NumberText.absent }
        return [quartiles.lower, quartiles.median, quartiles.upper].map { NumberText.fixed($0 * 100, decimals: 1) }
            .joined(separator: " / ")
    }

    /// A whole number as such; the median of an even number of them may need one place.
    private static func count(_ value: Double?) -> String {
        guard let value else { return NumberText.absent }
        return NumberText.fixed(value, decimals: value == value.rounded() ? 0 : 1)
    }
}
