import ControlAPI
import Reports

/// Leases as text for people.
enum LeaseText {
    /// What an order came to, on one line.
    static func line(of answer: LeaseAnswer) -> String {
        let event = answer.event
        return
            (["lease \(event.lease) on \(answer.node): \(event.kind)", event.reason, event.sentence].compactMap { $0 })
            .joined(separator: ", ")
    }

    /// The leases in force and the newest events.
    static func text(of answer: LeasesAnswer) -> String {
        guard !answer.nodes.isEmpty else { return "no agent has told of leases yet" }
        let leases = TextTable(
            columns: [
                .init("NODE"), .init("LEASE"), .init("CONTAINER"), .init("CPU", .right), .init("MEMORY MiB", .right),
                .init("LEFT s", .right),
            ],
            rows: answer.nodes.flatMap { node in
                node.leases.map { lease in
                    [
                        .init(node.node), .init(lease.lease), .init(ContainerText.short(lease.containerID)),
                        .init(NumberText.fixed(lease.cpuCores, decimals: 2)),
                        .init(ContainerText.mebibytes(lease.memoryBytes)),
                        .init(NumberText.fixed(lease.remainingSeconds, decimals: 1)),
                    ]
                }
            })
        let events = TextTable(
            columns: [
                .init("AGO s", .right), .init("NODE"), .init("LEASE"), .init("CONTAINER"), .init("WHAT"), .init("WHY"),
                .init("DETAIL"),
            ],
            rows: answer.nodes.flatMap { node in node.events.map { (node.node, $0) } }
                .sorted { $0.1.ageSeconds > $1.1.ageSeconds }
                .map { node, event in
                    [
                        .init(NumberText.fixed(event.ageSeconds, decimals: 1)), .init(node), .init(event.lease),
                        .init(event.containerID.map { ContainerText.short($0) } ?? NumberText.absent),
                        .init(event.kind),
                        .init(event.reason ?? NumberText.absent), .init(event.sentence ?? ""),
                    ]
                })
        let disabled = answer.nodes.filter { $0.isEnabled == false }.map(\.node)
        let colour = OutputFormat.isTerminal
        return [
            answer.nodes.contains { !$0.leases.isEmpty } ? leases.text(colour: colour) : "no lease is in force",
            answer.nodes.contains { !$0.events.isEmpty } ? "lately\n" + events.text(colour: colour) : nil,
            disabled.isEmpty ? nil : "leases are not enabled on \(disabled.joined(separator: ", "))",
        ].compactMap { $0 }.joined(separator: "\n\n")
    }
}
