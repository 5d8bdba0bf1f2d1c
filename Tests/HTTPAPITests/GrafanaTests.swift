import Foundation
@testable import HTTPAPI
import TestSupport
import Testing

/// Holds deploy/grafana/reeve.json against what Grafana wants of a dashboard and what the coordinator shows.
@Suite("The Grafana dashboard")
struct GrafanaTests {
    struct Dashboard: Decodable {
        struct Source: Decodable { let type: String, uid: String }
        struct Place: Decodable { let x: Int, y: Int, w: Int, h: Int }
        struct Target: Decodable { let refId: String, expr: String, datasource: Source, legendFormat: String }
        struct Field: Decodable { struct Defaults: Decodable { let unit: String }; let defaults: Defaults }
        struct Panel: Decodable {
            let id: Int, type: String, title: String, gridPos: Place
            let description: String?, datasource: Source?, targets: [Target]?, fieldConfig: Field?
        }
        struct Variable: Decodable { let name: String, type: String, definition: String? }
        struct Variables: Decodable { let list: [Variable] }
        struct Annotation: Decodable { let name: String, expr: String?, datasource: Source }
        struct Annotations: Decodable { let list: [Annotation] }
        let title: String, uid: String, schemaVersion: Int, refresh: String
        let panels: [Panel], templating: Variables, annotations: Annotations
    }

    static func dashboard() throws -> Dashboard {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(Tool.root)/deploy/grafana/reeve.json"))
        return try JSONDecoder().decode(Dashboard.self, from: data)
    }

    /// Every PromQL expression in it.
    static func expressions() throws -> [String] {
        let dashboard = try dashboard()
        return dashboard.panels.flatMap { $0.targets ?? [] }.map(\.expr) + dashboard.annotations.list.compactMap(\.expr)
    }

    @Test func `each panel has a question, an explanation, a unit and a query of its own`() throws {
        let dashboard = try Self.dashboard()
        #expect(dashboard.uid.count <= 40 && !dashboard.title.isEmpty && dashboard.schemaVersion >= 36)
        #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
        let shown = dashboard.panels.filter { $0.type != "row" }
        #expect(shown.count > 20 && Set(shown.map(\.title)).count == shown.count)
        for panel in shown {
            #expect(["stat", "timeseries"].contains(panel.type), "\(panel.title)")
            #expect(panel.description?.hasSuffix(".") == true && panel.fieldConfig?.defaults.unit.isEmpty == false, "\(panel.title)")
            let targets = panel.targets ?? []
            #expect(!targets.isEmpty && Set(targets.map(\.refId)).count == targets.count, "\(panel.title)")
            for source in targets.map(\.datasource) + [panel.datasource].compactMap(\.self) {
                #expect(source.type == "prometheus" && source.uid == "${datasource}", "\(panel.title)")
            }
        }
        for panel in dashboard.panels where panel.type == "row" { #expect(panel.title.hasSuffix("?"), "\(panel.title)") }
    }

    @Test func `panels lie within 24 columns and none lies on another`() throws {
        var taken: [Int: Set<Int>] = [:]
        for panel in try Self.dashboard().panels {
            let place = panel.gridPos
            #expect(place.x >= 0 && place.w > 0 && place.h > 0 && place.x + place.w <= 24, "\(panel.title)")
            for row in place.y..<(place.y + place.h) {
                let columns = Set(place.x..<(place.x + place.w))
                #expect(taken[row, default: []].isDisjoint(with: columns), "\(panel.title)")
                taken[row, default: []].formUnion(columns)
            }
        }
    }

    @Test func `every metric that it asks for is shown`() throws {
        let askable = try MetricNamesTests.askable()
        var asked: Set<String> = []
        for expression in try Self.expressions() {
            // Names are words that are followed by labels; "up" among them.
            asked.formUnion(expression.matches(of: #/\b([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{/#).map { String($0.output.1) })
            let words = expression.matches(of: #/\b(?:reeve|process)_[a-z0-9_]+/#).map { String($0.output) }
            #expect(!words.isEmpty || expression.contains("up{"), "\(expression)")
            asked.formUnion(words)
        }
        #expect(asked.count > 40 && asked.isSubset(of: askable), "\(asked.subtracting(askable))")
    }

    @Test func `variables are defined before they are used, and ask for labels that there are`() throws {
        let dashboard = try Self.dashboard()
        let known = Set(dashboard.templating.list.map(\.name))
        for expression in try Self.expressions() {
            let used = Set(expression.matches(of: #/\$(\w+)/#).map { String($0.output.1) })
            #expect(used.subtracting(["__rate_interval", "__interval"]).isSubset(of: known), "\(expression)")
            #expect(expression.contains(#"job=~"$job""#), "\(expression)")
        }
        let askable = try MetricNamesTests.askable()
        for variable in dashboard.templating.list where variable.type == "query" {
            let definition = try #require(variable.definition)
            let match = try #require(definition.firstMatch(of: #/^label_values\((\w+)(?:\{[^}]*\})?, (\w+)\)$/#), "\(definition)")
            #expect(askable.contains(String(match.output.1)) && String(match.output.2) == variable.name, "\(definition)")
        }
    }
}
