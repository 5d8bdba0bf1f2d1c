import Measures
import Reports
import RouterSimulation
import Routing

/// The report of the olscheduler experiment: tables for the terminal, and a page with the thesis' plots.
public struct OlschedulerReport: Sendable {
    /// One for each variant, in the order shown.
    public let results: [OlschedulerResult]

    /// A report of `results`.
    public init(_ results: [OlschedulerResult]) {
        self.results = results
    }

    /// The tables, each under its caption; `colour` as in ``TextTable/text(colour:)``.
    public func summaryTable(colour: Bool = false) -> String {
        results.flatMap { result in
            [Self.table(of: result)] + (result.sweep.count > 1 ? [Self.sweepTable(of: result)] : [])
        }.map { "\($0.caption)\n\n\($0.table.text(colour: colour))" }.joined(separator: "\n")
    }

    /// The page: one self-contained HTML file.
    public func html() -> String {
        HTMLDocument(
            title: "reeve: the olscheduler experiment",
            subtitle: "Package-aware routing, repeated on a model of the published set-up",
            sections: [HTMLSection("What was measured", introduction)] + results.map(Self.section)
                + [
                    HTMLSection("How to read the published figures", [.list(OlschedulerPublished.remarks)]),
                    HTMLSection("Machine and versions", [.facts(provenance)]),
                ]
        ).html()
    }

    static func name(of variant: RouterVariant) -> String {
        switch variant {
        case .sharedHost: "Variant A: five workers on one machine of four cores"
        case .privateCores: "Variant B: five workers with a core of their own each"
        }
    }

    /// The balancers of `result` in the order of the list.
    static func balancers(of result: OlschedulerResult) -> [(name: String, summary: OlschedulerSummary)] {
        BalancerEntry.all.compactMap { entry in result.results[entry.name].map { (entry.name, $0) } }
    }

    private static func section(_ result: OlschedulerResult) -> HTMLSection {
        let table = table(of: result)
        var blocks: [HTMLSection.Block] = [.table(table.table, caption: table.caption)]
        blocks += figures(of: result)
        if result.sweep.count > 1 {
            let sweep = sweepTable(of: result)
            blocks.append(.table(sweep.table, caption: sweep.caption))
            blocks.append(sweepFigure(of: result))
        }
        return HTMLSection(name(of: result.variant), blocks)
    }

    private var introduction: [HTMLSection.Block] {
        [
            .paragraph(
                """
                Functions are called that need packages, and a worker installs each package once, before the first \
                function that needs it; others that need it wait. The router is the one that the coordinator runs; \
                workers and their cores are a model in virtual time.
                """),
            .facts(results.first.map(Self.conditions) ?? []),
        ]
    }

    private static func conditions(_ result: OlschedulerResult) -> [(name: String, value: String)] {
        let load =
            switch (result.load.requests, result.load.intervalMs, result.load.clients, result.load.seconds) {
            case (let requests?, let interval?, _, _):
                "\(requests) requests, one every \(NumberText.fixed(interval, decimals: 0)) ms, answered or not"
            case (_, _, let clients?, let seconds?):
                "\(clients) clients for \(NumberText.fixed(seconds, decimals: 0)) s, each waiting for its answer"
            default: NumberText.absent
            }
        let seeds = result.seeds.map { "\($0)" }.joined(separator: ", ")
        return [
            ("Load", load), ("Registry", result.registry),
            (
                "Install times",
                "\(NumberText.percent(result.installScale, decimals: 0)) of those measured, seed \(result.packageSeed)"
            ),
            ("Arrival seeds", seeds), ("Hash salts", "\(result.salts.count)"),
            (
                "Addresses",
                result.machinesHidden ? "hide which workers share a machine" : "show which workers share a machine"
            ),
        ]
    }

    private var provenance: [(name: String, value: String)] {
        guard let first = results.first else { return [] }
        return [
            ("Machine", "\(first.machine.cpu), \(first.machine.logicalCPUs) CPUs"), ("Version", first.version),
            ("Time taken", "\(NumberText.fixed(results.map(\.wallSeconds).reduce(0, +), decimals: 1)) s"),
        ]
    }
}
