import ControlAPI
import Reports

/// Routes as text for people.
enum RoutesText {
    /// The workers, and what the proxy has done.
    static func text(of answer: RoutesAnswer) -> String {
        let colour = OutputFormat.isTerminal
        let workers = answer.workers.isEmpty ? "there is no worker" : table(answer.workers).text(colour: colour)
        return [workers, summary(of: answer)].joined(separator: "\n\n")
    }

    /// The functions that were called.
    static func text(of answer: RouteFunctionsAnswer) -> String {
        guard !answer.functions.isEmpty else { return "no function has been called yet" }
        return TextTable(
            columns: [
                .init("FUNCTION"), .init("REQUESTS", .right), .init("SUCCEEDED", .right), .init("FAILED", .right),
                .init("P50 ms", .right), .init("P99 ms", .right), .init("MEAN ms", .right),
            ],
            rows: answer.functions.map { function in
                [
                    .init(function.function ?? "(others)"), .init("\(function.outcomes.total)"),
                    .init("\(function.outcomes.succeeded)"), .init("\(failed(function.outcomes))"),
                    .init(milliseconds(function.latency.p50Seconds)), .init(milliseconds(function.latency.p99Seconds)),
                    .init(milliseconds(function.latency.meanSeconds)),
                ]
            }
        ).text(colour: OutputFormat.isTerminal)
    }

    /// The worker as it is after an order.
    static func line(of answer: RouteChangeAnswer) -> String {
        "\(answer.url): \(answer.state), \(answer.inFlight) in flight"
    }

    /// What a reload has changed.
    static func text(of answer: RouteReloadAnswer) -> String {
        var lines = ["\(answer.workers) workers, \(answer.functions) functions, balancer \(answer.balancer)"]
        for (what, urls) in [("added", answer.added), ("removed", answer.removed), ("changed", answer.changed)]
        where !urls.isEmpty { lines.append("\(what): \(urls.joined(separator: ", "))") }
        return (lines + answer.remarks).joined(separator: "\n")
    }

    private static func table(_ workers: [RoutesAnswer.Worker]) -> TextTable {
        TextTable(
            columns: [
                .init("WORKER"), .init("KIND"), .init("NODE"), .init("WEIGHT", .right), .init("STATE"),
                .init("IN FLIGHT", .right), .init("REQUESTS", .right), .init("FAILED", .right), .init("FULL", .right),
                .init("P50 ms", .right), .init("P99 ms", .right), .init("PACKAGES", .right),
            ],
            rows: workers.map { worker in
                [
                    .init(worker.url), .init(worker.kind), .init(worker.node ?? NumberText.absent),
                    .init("\(worker.weight)"), .init(state(of: worker), emphasis(of: worker)),
                    .init(worker.capacity.map { "\(worker.inFlight) of \($0)" } ?? "\(worker.inFlight)"),
                    .init("\(worker.outcomes.total)"), .init("\(failed(worker.outcomes))"),
                    .init("\(worker.outcomes.full)"), .init(milliseconds(worker.latency.p50Seconds)),
                    .init(milliseconds(worker.latency.p99Seconds)), .init("\(worker.knownPackages)"),
                ]
            })
    }

    private static func state(of worker: RoutesAnswer.Worker) -> String {
        let seconds = NumberText.fixed(worker.stateSeconds, decimals: 0)
        switch worker.state {
        case "ejected": return "ejected, back in \(seconds) s"
        case "draining", "removed": return "\(worker.state) for \(seconds) s"
        default:
            if let full = worker.fullSeconds { return "full for \(NumberText.fixed(full, decimals: 0)) s" }
            return worker.state
        }
    }

    private static func emphasis(of worker: RoutesAnswer.Worker) -> TextTable.Emphasis {
        switch worker.state {
        case "active": .plain
        case "ejected", "probation": .bad
        default: .faint
        }
    }

    private static func summary(of answer: RoutesAnswer) -> String {
        func list(_ counts: [String: UInt64]) -> String {
            let texts = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            return texts.isEmpty ? "none" : texts.joined(separator: ", ")
        }
        var lines = [
            "balancer \(answer.balancer); \(answer.waiting) wait; connections: \(answer.clientConnections) of clients, "
                + "\(answer.workerConnections) to workers",
            "answers: \(list(answer.answers)); by the proxy itself: \(list(answer.refused)); "
                + "sent again: \(answer.resent)",
        ]
        if answer.lostLogLines > 0 { lines.append("\(answer.lostLogLines) lines of the access log were lost") }
        return lines.joined(separator: "\n")
    }

    private static func failed(_ outcomes: RoutesAnswer.Outcomes) -> UInt64 {
        outcomes.functionFailed + outcomes.workerFailed
    }

    private static func milliseconds(_ seconds: Double?) -> String {
        NumberText.fixed(seconds.map { $0 * 1_000 }, decimals: 1)
    }
}
