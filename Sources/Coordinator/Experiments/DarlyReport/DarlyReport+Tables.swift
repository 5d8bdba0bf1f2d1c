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
            phaseTable(.training, "Training: targets met, beside what the thesis published"),
            phaseTable(.inference, "Frozen inference: targets met"),
            violationGaps(), rewardGaps(), seedTable,
        ].compactMap(\.self)
    }

    /// What the figures of a table stand for.
    private var counted: String {
        subjects.contains { $0.runs.count > 1 } ? "medians over the seeds" : "one seed"
    }

    private func phaseTable(_ phase: DarlyRun.Step.Phase, _ name: String) -> CaptionedTable? {
        let present = subjects.filter { subject in subject.runs.contains { $0.summary(of: phase) != nil } }
        guard !present.isEmpty else { return nil }
        var columns: [TextTable.Column] = [
            .init("scheduler"), .init("loose", .right), .init("strict", .right), .init("violated", .right),
            .init("La/Lt", .right), .init("reward", .right),
        ]
        if phase == .training {
            columns += [
                .init("converged", .right), .init("thesis loose", .right), .init("thesis strict", .right),
            ]
        }
        let rows = present.map { row(of: $0, in: phase) }
        let steps = Set(present.compactMap { $0.shown.summary(of: phase)?.steps }).sorted().map(String.init)
        return CaptionedTable(
            caption: "\(name) (\(steps.joined(separator: " or ")) steps, \(counted))",
            table: TextTable(columns: columns, rows: rows))
    }

    private func row(of subject: DarlySubject, in phase: DarlyRun.Step.Phase) -> [TextTable.Cell] {
        let steps = subject.median(phase) { $0.stepsToConverge.map(Double.init) }
        var row: [TextTable.Cell] = [
            TextTable.Cell(subject.title, subject.role == .learner ? .strong : .plain),
            TextTable.Cell(NumberText.percent(subject.median(phase, \.loose.share))),
            TextTable.Cell(NumberText.percent(subject.median(phase, \.strict.share))),
            TextTable.Cell(Self.count(subject.median(phase) { Double($0.violated) })),
            TextTable.Cell(NumberText.fixed(subject.median(phase, \.meanQuotient), decimals: 3)),
            TextTable.Cell(NumberText.fixed(subject.median(phase, \.cumulativeReward), decimals: 0)),
        ]
        if phase == .training {
            let published = DarlyPublished.figures(for: subject.role)
            let about = subject.role == .learner ? "about " : ""
            row.append(TextTable.Cell(Self.count(steps)))
            for share in [published?.loose, published?.strict] {
                let text = share.map { about + NumberText.percent($0, decimals: 0) } ?? NumberText.absent
                row.append(TextTable.Cell(text, .faint))
            }
        }
        return row
    }

    /// A ceiling's figure and a scheduler's, of one run.
    private typealias Measured = (phase: DarlyRun.Phase, ceiling: DarlyRun.Ceiling)

    private func violationGaps() -> CaptionedTable? {
        gapTable(
            "violated", "Frozen inference: violations beside the fewest possible; the gap is how many more",
            achieved: { Double($0.violated) }, bound: { Double($0.violated) }, gap: { $0 - $1 })
    }

    private func rewardGaps() -> CaptionedTable? {
        gapTable(
            "reward", "Frozen inference: reward beside the highest possible; the gap is how much less",
            achieved: \.cumulativeReward, bound: \.cumulativeReward, gap: { $1 - $0 })
    }

    /// What each scheduler `achieved` with both ceilings' `bound` and the gaps; a gap is the median of the seeds' own
    /// gaps.
    private func gapTable(
        _ quantity: String, _ caption: String, achieved: (DarlyRun.Phase) -> Double?,
        bound: (DarlyRun.Ceiling.Bound) -> Double, gap: (Double, Double) -> Double
    ) -> CaptionedTable? {
        let rows = subjects.compactMap { subject -> [TextTable.Cell]? in
            let measured = subject.runs.compactMap { run -> Measured? in
                guard let phase = run.inference, let ceiling = run.ceiling else { return nil }
                return (phase, ceiling)
            }
            guard !measured.isEmpty else { return nil }
            func cell(_ value: (Measured) -> Double?) -> TextTable.Cell {
                TextTable.Cell(Self.count(Quartiles(measured.compactMap(value))?.median))
            }
            var row = [TextTable.Cell(subject.title), cell { achieved($0.phase) }]
            for ceiling in [\DarlyRun.Ceiling.placement, \DarlyRun.Ceiling.actions] {
                row.append(cell { bound($0.ceiling[keyPath: ceiling]) })
                row.append(cell { run in achieved(run.phase).map { gap($0, bound(run.ceiling[keyPath: ceiling])) } })
            }
            return row
        }
        guard !rows.isEmpty else { return nil }
        return CaptionedTable(
            caption: "\(caption) (\(counted))",
            table: TextTable(
                columns: [
                    .init("scheduler"), .init(quantity, .right), .init("best placement", .right), .init("gap", .right),
                    .init("best actions", .right), .init("gap", .right),
                ], rows: rows))
    }

    private var seedTable: CaptionedTable? {
        let repeated = subjects.filter { $0.runs.count > 1 && $0.runs.contains { $0.inference != nil } }
        guard !repeated.isEmpty else { return nil }
        let rows = repeated.map { subject -> [TextTable.Cell] in
            let failed = subject.failedSeeds
            let list = failed.isEmpty ? "none" : failed.map(String.init).joined(separator: ", ")
            return [
                TextTable.Cell(subject.title), TextTable.Cell(String(subject.runs.count)),
                TextTable.Cell(Self.spread(subject.quartiles(.inference, \.loose.share))),
                TextTable.Cell(Self.spread(subject.quartiles(.inference, \.strict.share))),
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
