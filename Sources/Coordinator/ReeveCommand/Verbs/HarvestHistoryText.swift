import ControlAPI
import FoundationEssentials
import Reports

/// What has happened in the harvest as text for people.
enum HarvestHistoryText {
    /// One line for each thing that has happened, oldest first.
    static func text(of answer: HarvestHistoryAnswer) -> String {
        guard !answer.entries.isEmpty else { return "nothing has been harvested" }
        return TextTable(
            columns: [.init("RECORD", .right), .init("WHEN"), .init("NODE"), .init("WHAT"), .init("ABOUT"), .init("WHY")],
            rows: answer.entries.flatMap { entry in
                let rows = entry.record.items.map { item -> [TextTable.Cell] in
                    [
                        .init("\(entry.sequence)"),
                        .init(when(entry.writtenAtUnixSeconds - item.agoSeconds)), .init(entry.record.node),
                        .init(item.what), .init(about(item)), .init(item.reason ?? ""),
                    ]
                }
                guard entry.record.omitted > 0 else { return rows }
                return rows + [
                    [
                        .init("\(entry.sequence)"), .init(when(entry.writtenAtUnixSeconds)), .init(entry.record.node),
                        .init("more"), .init("\(entry.record.omitted) that are not told"), .init(""),
                    ]
                ]
            }
        ).text(colour: OutputFormat.isTerminal)
    }

    private static func when(_ unixSeconds: Double) -> String {
        Date(timeIntervalSince1970: unixSeconds.rounded(.down)).formatted(.iso8601)
    }

    private static func about(_ item: HarvestRecord.Item) -> String {
        if let resource = item.resource, let amount = item.amount {
            let unit = resource == "cpu" ? "millicores" : "MiB"
            let since = item.lentSeconds.map { " after \(NumberText.fixed($0, decimals: 1)) s" } ?? ""
            return "\(amount) \(unit) of \(item.lender ?? "") to \(item.borrower ?? "")\(since)"
        }
        let name = "\(item.function ?? "") \(item.containerID.map { ContainerText.short($0) } ?? "")"
        guard let before = item.before, let after = item.after else { return name }
        func amount(_ amount: HarvestAnswer.Amount) -> String { "\(amount.millicores) / \(amount.mebibytes)" }
        let verb = item.what == "safeguarded" ? "used \(amount(before)) of" : "from \(amount(before)) to"
        return "\(name) \(verb) \(amount(after))"
    }
}
