import ControlAPI
import Reports

/// Runs in tables.
enum RunText {
    static func table(of runs: [RunAnswer]) -> String {
        guard !runs.isEmpty else { return "no workflow has been run yet" }
        return TextTable(
            columns: [
                .init("RUN"), .init("WORKFLOW"), .init("STATE"), .init("TARGET s", .right), .init("LATENCY s", .right),
                .init("IN TIME"), .init("REASON"),
            ],
            rows: runs.map { run in
                [
                    .init(run.run), .init(run.workflow), .init(run.state),
                    .init(NumberText.fixed(run.targetSeconds, decimals: 1)),
                    .init(NumberText.fixed(run.latencySeconds, decimals: 3)), inTime(run),
                    .init(run.reason ?? NumberText.absent),
                ]
            }
        ).text(colour: OutputFormat.isTerminal)
    }

    /// A run with its output, the seconds of its functions, and each call.
    static func text(of answer: RunResultAnswer) -> String {
        let run = answer.run
        var parts = [headline(run)]
        if let reason = run.reason { parts.append(reason) }
        if let output = answer.output ?? answer.outputBase64 { parts.append(output) }
        if answer.output == nil, answer.outputBase64 == nil, let bytes = run.outputBytes {
            parts.append("the output had \(bytes) bytes and is not told: it is too large, or no longer kept")
        }
        if !answer.spans.isEmpty { parts.append(spans(of: answer)) }
        if answer.spansLeftOut > 0 { parts.append("and \(answer.spansLeftOut) more calls") }
        return parts.joined(separator: "\n")
    }

    private static func headline(_ run: RunAnswer) -> String {
        let start = "run \(run.run) of \(run.workflow): \(run.state)"
        guard let seconds = run.latencySeconds else { return start }
        let target = NumberText.fixed(run.targetSeconds, decimals: 1)
        let verdict = run.isServed == true ? "within its target of \(target) s" : "its target was \(target) s"
        return "\(start) after \(NumberText.fixed(seconds, decimals: 3)) s, \(verdict)"
    }

    private static func inTime(_ run: RunAnswer) -> TextTable.Cell {
        switch run.isServed {
        case true?: .init("yes", .good)
        case false?: .init("no", .bad)
        case nil: .init(NumberText.absent)
        }
    }

    private static func spans(of answer: RunResultAnswer) -> String {
        let functions = answer.functionSeconds.sorted { $0.value > $1.value }
            .map { "\($0.key) \(NumberText.fixed($0.value, decimals: 3)) s" }
        let table = TextTable(
            columns: [
                .init("STEP"), .init("FUNCTION"), .init("ATTEMPT", .right), .init("AT s", .right),
                .init("TOOK s", .right), .init("ITSELF s", .right), .init("FAILURE"),
            ],
            rows: answer.spans.map { span in
                [
                    .init(span.step), .init(span.function), .init("\(span.attempt)"),
                    .init(NumberText.fixed(span.startSeconds, decimals: 3)),
                    .init(NumberText.fixed(span.openSeconds, decimals: 3)),
                    .init(NumberText.fixed(span.functionSeconds, decimals: 3)),
                    .init(span.failure ?? NumberText.absent),
                ]
            }
        ).text(colour: OutputFormat.isTerminal)
        return "functions: \(functions.joined(separator: ", "))\n\(table)"
    }
}
