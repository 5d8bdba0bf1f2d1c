import Cluster
import ControlAPI
import FoundationEssentials
@testable import HTTPAPI
import HTTPClient
import HTTPTypes
import TestSupport
import Testing
import Topology
import Wire

@Suite("The OpenAPI document", .timeLimit(.minutes(10)))
struct OpenAPITests {
    private static func operations(_ document: JSONValue) -> [String: JSONValue] {
        guard case .object(let paths)? = document["paths"] else { return [:] }
        var found: [String: JSONValue] = [:]
        for (path, operations) in paths {
            guard case .object(let operations) = operations else { continue }
            for (method, operation) in operations { found["\(method.uppercased()) \(path)"] = operation }
        }
        return found
    }

    @Test func `each route that is served stands in the document that is served, and nothing else does`() async throws {
        try await Stand.serve(try TestWorld()) { stand async throws in
            let document = try await stand.get("/api/v1/openapi.json", as: JSONValue.self)
            let documented = Self.operations(document)
            let served = Set(RouteTable.all.routes.map { "\($0.method.rawValue) \($0.template)" })
            #expect(Set(documented.keys) == served)
            #expect(served.count == RouteTable.all.routes.count, "no route stands behind another")
            #expect(Set(RouteTable.all.routes.map(\.name)).count == served.count, "names are unique")
            for line in documented.keys {
                let parts = line.split(separator: " ")
                let path = parts[1].replacing(#/\{[^}]*\}/#, with: "1")
                let method = try #require(HTTPClient.HTTPRequest.Method(rawValue: String(parts[0])))
                guard path != "/api/v1/events" else { continue }
                let response = try await stand.ask(method, String(path), token: Stand.adminToken)
                let isMissing = response.status == 404 && response.text.contains("openapi.json")
                #expect(!isMissing && response.status != 405, "\(line): \(response.text)")
            }
        }
    }

    @Test func `each answer's schema comes from its type, and each field of a path is described`() {
        for route in RouteTable.all.routes {
            if case .json(let schema) = route.answer, route.name != "getDocument" {
                guard case .object(let members) = schema else {
                    Issue.record("\(route.name) has no schema")
                    continue
                }
                #expect(!members.isEmpty, "\(route.name)")
            }
            let fields = route.path.compactMap { if case .field(let name) = $0 { name } else { nil } }
            #expect(fields == route.pathFields.map(\.name), "\(route.name)")
        }
    }

    @Test func `changes are under the admins' token, and reading where it is configured to be`() {
        for guardsReading in [false, true] {
            let document = OpenAPIDocument(table: .all, version: "1", guardsReading: guardsReading)
            let documented = Self.operations(document.json)
            for route in RouteTable.all.routes {
                let needs = documented["\(route.method.rawValue) \(route.template)"]?["security"] != nil
                #expect(needs == (route.access == .change || (route.access == .read && guardsReading)), "\(route.name)")
                #expect(route.method == .get ? route.access != .change : route.access == .change, "\(route.name)")
            }
        }
    }

    @Test func `what is an order over HTTP is one over the query socket, and nothing else is`() {
        for route in RouteTable.all.routes {
            guard case .verb(let verb, _) = route.work else { continue }
            let names = (route.body?.fields ?? []).filter(\.isRequired).map { ($0.name, "1") }
            let query = Query(id: 1, verb: verb, arguments: Dictionary(names) { $1 })
            #expect(query.isOrder == (route.access == .change), "\(route.name)")
        }
    }

    @Test(arguments: [
        "/healthz", "/readyz", "/api/v1/status", "/api/v1/nodes", "/api/v1/nodes/w01/counters", "/api/v1/containers",
        "/api/v1/leases", "/api/v1/intervals", "/api/v1/harvest", "/api/v1/functions", "/api/v1/decisions",
        "/api/v1/decisions/1", "/api/v1/values", "/api/v1/requests", "/api/v1/timeline", "/api/v1/policy", "/api/v1/orders",
        "/api/v1/interference", "/api/v1/routes", "/api/v1/routes/functions",
        "/api/v1/history", "/api/v1/history?metric=instructions_per_cycle",
    ])
    func `what is answered is what the document says`(path: String) async throws {
        let world = try TestWorld()
        try world.decide(1, change: "move framer to w02")
        try await world.pressure.press(Interference(on: NodeName("w01"), cpu: 0.5, seconds: 5))
        world.train()
        try await Stand.serve(world, ["adminToken: FOLDER/admin"], checks: [.init("journal") { nil }]) { stand async throws in
            let answer = try await stand.get(path, as: JSONValue.self)
            let segments = try RequestTarget(path).segments
            let route = try RouteTable.all.find(.get, segments).route
            guard case .json(let schema) = route.answer else { return }
            #expect(SchemaCheck.flaws(of: answer, by: schema.document).isEmpty, "\(answer)")
            #expect(!SchemaCheck.flaws(of: .array([answer]), by: schema.document).isEmpty, "the check can fail")
        }
    }
}

/// Holds values against the part of JSON Schema (2020-12) that the document uses.
enum SchemaCheck {
    /// What of `value` is not as `schema` says, each with its place.
    static func flaws(of value: JSONValue, by schema: JSONValue, at place: String = "$") -> [String] {
        if case .array(let schemas)? = schema["anyOf"] {
            return schemas.contains { flaws(of: value, by: $0, at: place).isEmpty } ? [] : ["\(place) is none of its kinds"]
        }
        guard case .string(let type)? = schema["type"] else { return [] }
        switch (type, value) {
        case ("boolean", .boolean), ("integer", .integer), ("number", .number), ("number", .integer): return []
        case ("string", .string(let text)):
            guard case .array(let choices)? = schema["enum"] else { return [] }
            return choices.contains(.string(text)) ? [] : ["\(place) is \(text)"]
        case ("array", .array(let elements)):
            guard let items = schema["items"] else { return [] }
            return elements.enumerated().flatMap { flaws(of: $1, by: items, at: "\(place)[\($0)]") }
        case ("object", .object(let members)):
            guard let known = schema["properties"] else {
                guard let values = schema["additionalProperties"] else { return [] }
                return members.flatMap { flaws(of: $1, by: values, at: "\(place).\($0)") }
            }
            var found = members.flatMap { name, value in
                known[name].map { flaws(of: value, by: $0, at: "\(place).\(name)") } ?? ["\(place).\(name) is not documented"]
            }
            if case .array(let required)? = schema["required"] {
                for case .string(let name) in required where members[name] == nil { found.append("\(place).\(name) is missing") }
            }
            return found
        default: return ["\(place) is no \(type)"]
        }
    }
}
