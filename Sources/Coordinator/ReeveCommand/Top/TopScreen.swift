import ControlAPI
import FoundationEssentials
import Reports
import Topology

/// The coordinator at a glance, as lines of a terminal: what was read goes in, at most as many lines as there is room for
/// come out, none of them too long.
struct TopScreen {
    let reading: TopReading
    let view: TopView
    let columns: Int
    let rows: Int
    let isColoured: Bool

    /// The lines.
    func lines() -> [String] {
        let sections = sections()
        let header = header()
        // A blank line before each section.
        let room = max(rows - header.count - sections.count, 0)
        let shares = Self.share(room, among: sections.map { $0.rows.count + 1 })
        var lines = header
        for (section, share) in zip(sections, shares) where share > 0 {
            lines.append("")
            let all = section.lines(within: columns, colour: isColoured)
            let isCut = all.count > share
            lines += all.prefix(isCut && share > 1 ? share - 1 : share)
            guard isCut, share > 1 else { continue }
            let rest = "… \(all.count - share + 1) more"
            lines.append(TextTable.line(rest, .faint, within: columns, colour: isColoured))
        }
        return Array(lines.prefix(rows))
    }

    /// How many nodes a page of the screen has, about.
    static func page(rows: Int) -> Int { max(rows / 3, 1) }

    /// Shares `room` lines among sections that want as many as `wants` says: nobody gets more than it wants, and of what
    /// is short of that all get alike, the first ones first.
    static func share(_ room: Int, among wants: [Int]) -> [Int] {
        var shares = wants.map { _ in 0 }
        var left = room
        while left > 0 {
            let hungry = wants.indices.filter { shares[$0] < wants[$0] }
            guard !hungry.isEmpty else { break }
            for index in hungry.prefix(left) { shares[index] += 1 }
            left -= min(left, hungry.count)
        }
        return shares
    }

    private func header() -> [String] {
        let status = reading.status
        var parts = ["reeve \(status.version)", "up \(Self.duration(status.uptimeSeconds))"]
        if let known = status.knownNodes, let heard = status.heardNodes { parts.append("\(known) of \(heard) nodes known") }
        if let leadership = status.leadership {
            parts.append(leadership.isLeading ? "leading" : "standing by for \(leadership.holder ?? "nobody")")
        }
        if view.isHeld { parts.append("HELD") }
        var lines = [TextTable.line(parts.joined(separator: "   "), .strong, within: columns, colour: isColoured)]
        if let placement = status.placement {
            lines.append(TextTable.line(PolicyText.line(of: PolicyAnswer(placement).session), .plain, within: columns, colour: isColoured))
            if let failure = placement.lastFailure {
                lines.append(TextTable.line("newest failure: \(failure)", .bad, within: columns, colour: isColoured))
            }
        }
        return lines
    }

    private func sections() -> [TextTable] {
        [workflows(), nodes(), changes(), loans(), routes()].compactMap { $0 }.filter { !$0.rows.isEmpty }
    }

    /// Latency against target of each workflow's newest requests. Of a workflow that is placed decisions are told, of
    /// others their runs.
    private func workflows() -> TextTable? {
        guard let requests = reading.requests?.requests else { return nil }
        let placed = Set(requests.filter { $0.kind == "decision" }.map(\.workflow))
        let told = requests.filter { $0.kind == "decision" || !placed.contains($0.workflow) }
        let groups = Dictionary(grouping: told, by: \.workflow).sorted { $0.key < $1.key }
        return TextTable(
            columns: [
                .init("WORKFLOW"), .init("TARGET s", .right), .init("LATENCY s", .right), .init("QUOTIENT", .right),
                .init("KEPT", .right), .init("NEWEST LAST, TARGET AT ▄"),
            ],
            rows: groups.compactMap { name, requests in
                guard let newest = requests.last else { return nil }
                let kept = requests.count { $0.quotient.map { $0 <= 1 } ?? false }
                return [
                    .init(name), .init(NumberText.fixed(newest.targetSeconds, decimals: 1)),
                    .init(NumberText.fixed(newest.latencySeconds, decimals: 2)),
                    .init(NumberText.fixed(newest.quotient, decimals: 3), (newest.quotient ?? 2) <= 1 ? .good : .bad),
                    .init("\(kept)/\(requests.count)"), .init(QuotientBars.text(requests.suffix(60).map(\.quotient))),
                ]
            })
    }

    private func nodes() -> TextTable? {
        guard let values = reading.values else { return nil }
        let mebibyte = 1_048_576.0
        let metrics: [(Metric, title: String, unit: Double, decimals: Int)] = [
            (.c0Residency, "C0 %", 0.01, 1), (.c1Residency, "C1 %", 0.01, 1), (.instructionsPerCycle, "IPC", 1, 2),
            (.l3MissesPerSecond, "L3 MISSES M/s", 1e6, 2), (.memoryReadBytesPerSecond, "READ MiB/s", mebibyte, 1),
            (.memoryWriteBytesPerSecond, "WRITE MiB/s", mebibyte, 1),
        ]
        let known = Dictionary(
            uniqueKeysWithValues: values.columns.map { ($0.metric, Dictionary(uniqueKeysWithValues: zip($0.rows, $0.values))) })
        let functions = Dictionary(grouping: reading.functions?.functions ?? [], by: \.node)
        let order = view.order.metric.map { metric in
            values.nodes.indices.sorted { known[metric.name]?[$0] ?? -1 > known[metric.name]?[$1] ?? -1 }
        } ?? Array(values.nodes.indices)
        return TextTable(
            columns: [.init("NODE, BY \(view.order.rawValue.uppercased())"), .init("AGE s", .right)]
                + metrics.map { .init($0.title, .right) } + [.init("FUNCTIONS")],
            rows: order.dropFirst(min(view.firstNode, max(order.count - 1, 0))).map { place in
                let node = values.nodes[place]
                let cells = metrics.map { metric, _, unit, decimals in
                    TextTable.Cell(NumberText.fixed(known[metric.name]?[place].map { $0 / unit }, decimals: decimals))
                }
                let here = (functions[node.node] ?? []).map(Self.text).joined(separator: " ")
                return [.init(node.node), .init(NumberText.fixed(node.ageSeconds, decimals: 2), node.reason == nil ? .plain : .bad)]
                    + cells + [node.reason.map { .init($0, .bad) } ?? .init(here)]
            })
    }

    private static func text(of function: FunctionsAnswer.Row) -> String {
        guard let wanted = function.replicas else { return function.function }
        let ready = function.readyReplicas.map { $0 == wanted ? "" : "\($0)/" } ?? ""
        return "\(function.function)×\(ready)\(wanted)"
    }

    /// What may have changed a latency: changes before requests, and whatever else has happened, newest first.
    private func changes() -> TextTable? {
        let changed = (reading.requests?.requests ?? []).compactMap { request in
            request.change.map { (request.sequence, request.writtenAtUnixSeconds, "\($0), before a request of \(request.workflow)") }
        }
        let happened = (reading.timeline?.events ?? []).map { event in
            (event.sequence, event.writtenAtUnixSeconds, [event.node, event.sentence].compactMap { $0 }.joined(separator: ": "))
        }
        return TextTable(
            columns: [.init("WHEN"), .init("WHAT HAPPENED")],
            rows: (changed + happened).sorted { $0.0 > $1.0 }.prefix(20).map { _, seconds, text in
                [.init(HistoryMoment.text(unixSeconds: seconds), .faint), .init(text)]
            })
    }

    private func loans() -> TextTable? {
        guard let harvest = reading.harvest else { return nil }
        func text(_ amount: HarvestAnswer.Amount) -> String {
            "\(NumberText.fixed(Double(amount.millicores) / 1_000, decimals: 2)) cores, \(amount.mebibytes) MiB"
        }
        return TextTable(
            columns: [.init("HARVEST (\(harvest.mode), \(harvest.manager))"), .init("PUT UP"), .init("BORROWED"), .init("LOANS", .right), .init("")],
            rows: harvest.nodes.map { node in
                [
                    .init(node.node), .init(text(node.lent)), .init(text(node.borrowed)), .init("\(node.loans.count)"),
                    .init(node.remark ?? "", .faint),
                ]
            })
    }

    private func routes() -> TextTable? {
        guard let routes = reading.routes else { return nil }
        return TextTable(
            columns: [
                .init("WORKER (\(routes.balancer), \(routes.waiting) waiting)"), .init("STATE"), .init("IN FLIGHT", .right),
                .init("SERVED", .right), .init("FAILED", .right), .init("P50 ms", .right), .init("P99 ms", .right),
            ],
            rows: routes.workers.map { worker in
                func milliseconds(_ seconds: Double?) -> TextTable.Cell {
                    .init(NumberText.fixed(seconds.map { $0 * 1_000 }, decimals: 1))
                }
                return [
                    .init(worker.url), .init(worker.state, worker.state == "active" ? .good : .bad), .init("\(worker.inFlight)"),
                    .init("\(worker.outcomes.succeeded)"),
                    .init("\(worker.outcomes.functionFailed + worker.outcomes.workerFailed)"),
                    milliseconds(worker.latency.p50Seconds), milliseconds(worker.latency.p99Seconds),
                ]
            })
    }

    /// "3 d 04:05:06", days only where there are some.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(max(seconds, 0))
        let clock = [whole / 3_600 % 24, whole / 60 % 60, whole % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return whole >= 86_400 ? "\(whole / 86_400) d \(clock)" : clock
    }
}
