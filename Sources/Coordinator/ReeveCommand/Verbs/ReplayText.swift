import ControlAPI
import FoundationEssentials
import Reports

/// A replay as people read it.
struct ReplayText {
    private let report: ReplayReport
    private let listed: Int

    /// The text of `report`, which names at most `listed` decisions.
    init(_ report: ReplayReport, listed: Int) {
        self.report = report
        self.listed = listed
    }

    /// The text: how many came out as recorded, what came of agreement and of difference, and the newest differences.
    var text: String {
        var parts = [
            "\(report.decisions.count) decisions, taken again by \(report.policy): \(report.count(.identical)) identical, "
                + "\(report.count(.sameAction)) the same action for other values, \(report.count(.other)) another action, "
                + "\(report.count(.notReplayed)) not replayed"
        ]
        if !report.decisions.isEmpty { parts.append(outcomes) }
        if report.count(.notReplayed) > 0 { parts.append(reasons) }
        let differences = report.decisions.filter { $0.result == .other }
        if !differences.isEmpty, listed > 0 { parts.append(list(differences.suffix(listed), of: differences.count)) }
        return parts.joined(separator: "\n\n")
    }

    /// What the recorded choices came to, apart for those that were chosen again and those that were not.
    private var outcomes: String {
        struct Group: Hashable {
            let workflow: String
            let targetSeconds: Double
        }
        let groups = Dictionary(grouping: report.decisions.filter { $0.result != .notReplayed }) {
            Group(workflow: $0.workflow, targetSeconds: $0.targetSeconds)
        }
        let ordered = groups.sorted {
            ($0.key.workflow, $0.key.targetSeconds) < ($1.key.workflow, $1.key.targetSeconds)
        }
        return TextTable(
            columns: [
                .init("WORKFLOW"), .init("TARGET s", .right), .init("CHOSEN AGAIN", .right), .init("KEPT", .right),
                .init("REWARD", .right), .init("NOT CHOSEN AGAIN", .right), .init("KEPT", .right), .init("REWARD", .right),
            ],
            rows: ordered.map { group, decisions in
                let (same, other) = (decisions.filter { $0.result != .other }, decisions.filter { $0.result == .other })
                return [.init(group.workflow), .init(NumberText.fixed(group.targetSeconds, decimals: 1))]
                    + Self.cells(same) + Self.cells(other)
            }
        ).text(colour: OutputFormat.isTerminal)
    }

    /// How many, how many of them kept their target, and their mean reward.
    private static func cells(_ decisions: [ReplayReport.Decision]) -> [TextTable.Cell] {
        let rewards = decisions.compactMap(\.reward)
        let kept = decisions.count { decision in decision.latencySeconds.map { $0 <= decision.targetSeconds } ?? false }
        let mean = rewards.isEmpty ? nil : rewards.reduce(0, +) / Double(rewards.count)
        return [.init("\(decisions.count)"), .init("\(kept)"), .init(NumberText.fixed(mean, decimals: 2))]
    }

    /// Why decisions could not be taken again, and how many each time.
    private var reasons: String {
        Dictionary(grouping: report.decisions.filter { $0.result == .notReplayed }) { $0.why ?? "" }
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            .map { "\($1.count) not replayed, from decision \($1.first?.sequence ?? 0) on: \($0)" }
            .joined(separator: "\n")
    }

    private func list(_ differences: ArraySlice<ReplayReport.Decision>, of count: Int) -> String {
        let table = TextTable(
            columns: [
                .init("DECISION", .right), .init("WHEN"), .init("THEN"), .init("NOW"), .init("WORTH MORE", .right),
            ],
            rows: differences.map { decision in
                [
                    .init("\(decision.sequence)"), .init(HistoryMoment.text(unixSeconds: decision.writtenAtUnixSeconds)),
                    .init(decision.recorded), .init(decision.replayed ?? NumberText.absent),
                    .init(NumberText.fixed(decision.advantage, decimals: 3)),
                ]
            }
        ).text(colour: OutputFormat.isTerminal)
        return "the newest \(differences.count) of \(count) other actions:\n\n" + table
    }
}
