import ControlAPI
import Reports

/// The harvest as text for people.
enum HarvestText {
    /// The containers with what they lend and borrow, the loans, and what happened lately.
    static func text(of answer: HarvestAnswer) -> String {
        guard !answer.nodes.isEmpty else { return "no agent has reported containers yet" }
        let colour = OutputFormat.isTerminal
        let remarks = answer.nodes.compactMap { node in node.remark.map { "\(node.node): \($0)" } }
        return [
            answer.nodes.contains { $0.carrier != "leases" }
                ? answer.nodes.map { "\($0.node): limits are changed by \($0.carrier)" }.joined(separator: "\n") : nil,
            answer.mode == "observe" ? "mode observe: nothing is changed, WANTED is what would be" : nil,
            answer.nodes.contains { !$0.containers.isEmpty }
                ? containers(answer).text(colour: colour) : "no container takes part",
            answer.nodes.contains { !$0.loans.isEmpty } ? "loans\n" + loans(answer).text(colour: colour) : nil,
            answer.nodes.contains { !$0.returned.isEmpty } ? "gone back\n" + returned(answer).text(colour: colour) : nil,
            answer.nodes.contains { !$0.events.isEmpty } ? "lately\n" + events(answer).text(colour: colour) : nil,
            remarks.isEmpty ? nil : remarks.joined(separator: "\n"),
        ].compactMap { $0 }.joined(separator: "\n\n")
    }

    private static func amount(_ amount: HarvestAnswer.Amount) -> String { "\(amount.millicores) / \(amount.mebibytes)" }

    private static func role(_ container: HarvestAnswer.Container) -> String {
        func isAny(_ amount: HarvestAnswer.Amount) -> Bool { amount.millicores > 0 || amount.mebibytes > 0 }
        return switch (isAny(container.lent), isAny(container.borrowed)) {
        case (true, true): "both"
        case (true, false): "donor"
        case (false, true): "receiver"
        case (false, false): "–"
        }
    }

    private static func containers(_ answer: HarvestAnswer) -> TextTable {
        TextTable(
            columns: [
                .init("NODE"), .init("FUNCTION"), .init("CONTAINER"), .init("ROLE"), .init("USER", .right),
                .init("PEAK", .right), .init("WANTED", .right), .init("LIMITS", .right), .init("LENT", .right),
                .init("IN USE", .right), .init("BORROWED", .right), .init("LEFT s", .right), .init("LEFT ALONE"),
            ],
            rows: answer.nodes.flatMap { node in
                node.containers.map { container in
                    [
                        .init(node.node), .init(container.function), .init(ContainerText.short(container.containerID)),
                        .init(role(container)), .init(amount(container.user)), .init(amount(container.peak)),
                        .init(amount(container.wanted)), .init(amount(container.limits)), .init(amount(container.lent)),
                        .init(amount(container.lentOut)), .init(amount(container.borrowed)),
                        .init(NumberText.fixed(container.remainingSeconds, decimals: 1)),
                        .init(container.leftAlone ?? ""),
                    ]
                }
            })
    }

    private static func loans(_ answer: HarvestAnswer) -> TextTable {
        TextTable(
            columns: [
                .init("NODE"), .init("RESOURCE"), .init("AMOUNT", .right), .init("FROM"), .init("TO"),
                .init("SINCE s", .right), .init("LEFT s", .right),
            ],
            rows: answer.nodes.flatMap { node in
                node.loans.map { loan in
                    [
                        .init(node.node), .init(loan.resource), .init("\(loan.amount)"),
                        .init(ContainerText.short(loan.lender)), .init(ContainerText.short(loan.borrower)),
                        .init(NumberText.fixed(loan.sinceSeconds, decimals: 1)),
                        .init(NumberText.fixed(loan.remainingSeconds, decimals: 1)),
                    ]
                }
            })
    }

    private static func returned(_ answer: HarvestAnswer) -> TextTable {
        TextTable(
            columns: [
                .init("AGO s", .right), .init("NODE"), .init("RESOURCE"), .init("AMOUNT", .right), .init("FROM"),
                .init("TO"), .init("LENT s", .right), .init("WHY"), .init("REPLACED", .right),
            ],
            rows: answer.nodes.flatMap { node in
                node.returned.map { one in
                    [
                        .init(NumberText.fixed(one.ageSeconds, decimals: 1)), .init(node.node), .init(one.resource),
                        .init("\(one.amount)"), .init(one.lender), .init(one.borrower),
                        .init(NumberText.fixed(one.lentSeconds, decimals: 1)), .init(words(one.reason)),
                        .init("\(one.replaced)"),
                    ]
                }
            })
    }

    /// A reason in words.
    private static func words(_ reason: String) -> String {
        switch reason {
        case "notNeeded": "not needed any more"
        case "lenderEnded": "its lender is gone"
        case "ownerNeedsIt": "its owner has it back"
        case "calledBack": "the server called it back"
        case "decidedAnew": "its owner lends less"
        case "expired": "its time was over"
        default: reason
        }
    }

    private static func events(_ answer: HarvestAnswer) -> TextTable {
        TextTable(
            columns: [
                .init("AGO s", .right), .init("NODE"), .init("FUNCTION"), .init("CONTAINER"), .init("BEFORE", .right),
                .init("AFTER", .right), .init("WHY"),
            ],
            rows: answer.nodes.flatMap { node in
                node.events.map { event in
                    [
                        .init(NumberText.fixed(event.ageSeconds, decimals: 1)), .init(node.node), .init(event.function),
                        .init(ContainerText.short(event.containerID)), .init(amount(event.before)),
                        .init(amount(event.after)), .init(event.reason),
                    ]
                }
            })
    }
}
