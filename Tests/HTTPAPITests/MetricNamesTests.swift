@testable import ControlAPI
import Foundation
@testable import HTTPAPI
import TestSupport
import Testing
import Topology

/// Names that people rely on: those that are shown, those that docs/metrics.md explains, and those that the dashboard and the
/// alert rules ask for.
@Suite("The names of metrics")
struct MetricNamesTests {
    /// Every family that the coordinator has of itself, with or without a value, and its kind.
    private static func own() throws -> [MetricFamily] {
        let world = try TestWorld()
        return MetricsPage(parts: world.parts, scope: .cpu, version: "1", http: HTTPTally()).own
    }

    /// The names that may stand in a query: a histogram's are those of its parts.
    static func askable() throws -> Set<String> {
        let families = try own().flatMap { family in
            if case .histogram = family.values { ["_bucket", "_sum", "_count"].map { family.name + $0 } } else { [family.name] }
        }
        return Set(families + MetricHelp.texts.keys.map { "reeve_\($0)" } + ["up"])
    }

    /// The names in the first column of the tables of docs/metrics.md whose rows have four columns or more, each with the
    /// row's other columns.
    private static func documented() throws -> [(name: String, columns: [String])] {
        let text = try String(contentsOfFile: "\(Tool.root)/docs/metrics.md", encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { line in
            let columns = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard columns.count >= 4 else { return [(name: String, columns: [String])]() }
            return columns[0].matches(of: #/`([a-z0-9_]+)`/#).map { (String($0.output.1), columns) }
        }
    }

    @Test func `docs explain each metric that the coordinator shows, and no other`() throws {
        let shown = Set(try Self.own().map(\.name))
        let explained = Set(try Self.documented().map(\.name).filter { $0.hasPrefix("reeve_") || $0.hasPrefix("process_") })
        #expect(shown.subtracting(explained).isEmpty, "not explained: \(shown.subtracting(explained).sorted())")
        #expect(explained.subtracting(shown).isEmpty, "not shown: \(explained.subtracting(shown).sorted())")
    }

    @Test func `docs explain each metric of the agents, and no other`() throws {
        let known = Set(MetricHelp.texts.keys)
        let explained = Set(
            try Self.documented().map(\.name).filter { !$0.hasPrefix("reeve_") && !$0.hasPrefix("process_") })
        #expect(known.subtracting(explained).isEmpty, "not explained: \(known.subtracting(explained).sorted())")
        #expect(explained.subtracting(known).isEmpty, "not known: \(explained.subtracting(known).sorted())")
    }

    @Test func `each row says the unit or the labels, the source, and what makes it rise`() throws {
        let rows = try Self.documented()
        #expect(rows.count > 100)
        for (name, columns) in rows where columns.contains(where: \.isEmpty) { Issue.record("\(name): \(columns)") }
    }

    /// https://prometheus.io/docs/practices/naming/
    @Test func `names are as Prometheus has them: base units, and _total for what only rises`() throws {
        let units = ["seconds", "bytes", "ratio", "cores", "total", "info", "celsius", "watts", "hertz"]
        let wrong = ["milliseconds", "millis", "percent", "kilobytes", "megabytes", "mebibytes", "minutes", "millicores", "ms"]
        for family in try Self.own() {
            #expect(MetricFamily.isName(family.name) && family.name == family.name.lowercased(), "\(family.name)")
            #expect(family.help.hasSuffix(".") && family.help.count > 5, "\(family.name): \(family.help)")
            let words = family.name.split(separator: "_").map(String.init)
            #expect(words.allSatisfy { !wrong.contains($0) }, "\(family.name)")
            switch family.values {
            case .counter: #expect(family.name.hasSuffix("_total"), "\(family.name)")
            case .gauge: #expect(!family.name.hasSuffix("_total") && !family.name.hasSuffix("_count"), "\(family.name)")
            case .histogram: #expect(family.name.hasSuffix("_seconds"), "\(family.name)")
            }
        }
        for name in MetricHelp.texts.keys {
            let words = name.split(separator: "_").map(String.init)
            #expect(words.allSatisfy { !wrong.contains($0) }, "\(name)")
            let last = words.last ?? ""
            let hasUnit = units.contains(last) || name.contains("_per_")
            #expect(hasUnit, "\(name) ends in no base unit")
        }
    }

    /// What would grow with requests, runs, containers or pods must be no label.
    @Test func `labels are those that a cluster bounds`() throws {
        let bounded: Set = [
            "node", "workflow", "outcome", "reason", "state", "resource", "worker", "function", "status", "route", "version",
            "scope", "socket", "cpu", "source", "quality",
        ]
        let world = try TestWorld()
        for step in 1...3 { try world.decide(step, change: "move framer to w0\(step)") }
        world.train()
        let text = String(
            decoding: MetricsPage(parts: world.parts, scope: .cpu, version: "1", http: HTTPTally()).text(), as: UTF8.self)
        let labels = Set(text.matches(of: #/[{,]([a-z_]+)="/#).map { String($0.output.1) })
        #expect(labels.subtracting(["le"]).isSubset(of: bounded), "\(labels.subtracting(bounded))")
        #expect(labels.count > 8, "the check sees labels: \(labels)")
    }

    @Test func `alert rules ask for metrics that there are`() throws {
        let rules = try String(contentsOfFile: "\(Tool.root)/deploy/prometheus/reeve-rules.yml", encoding: .utf8)
        let names = Set(rules.matches(of: #/\breeve_[a-z0-9_]+/#).map { String($0.output) })
        let unknown = names.subtracting(try Self.askable())
        #expect(names.count > 5 && unknown.isEmpty, "\(unknown)")
    }
}
