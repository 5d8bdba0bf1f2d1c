import Dashboard
import HTTPClient
import Testing

@testable import HTTPAPI

@Suite("The dashboard as it is served", .timeLimit(.minutes(10)))
struct DashboardTests {
    private static func text(_ file: DashboardFile) -> String { String(decoding: file.bytes, as: UTF8.self) }
    private static var page: String { DashboardFile.all.first { $0.path == "/" }.map(text) ?? "" }
    private static var scripts: [String] { DashboardFile.all.filter { $0.path.hasSuffix(".js") }.map(text) }

    @Test func `each file comes with its type, its tag and what it may load, and needs no token`() async throws {
        try await Stand.serve(try TestWorld(), ["readerToken: FOLDER/reader"]) { stand async throws in
            #expect(try await stand.ask(.get, "/api/v1/status").status == 401)
            for file in DashboardFile.all {
                let answer = try await stand.ask(.get, file.path)
                #expect(answer.status == 200 && answer.body == file.bytes, "\(file.path)")
                #expect(answer.headers["Content-Type"] == file.mediaType)
                #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
                let policy = try #require(answer.headers["Content-Security-Policy"])
                #expect(policy.hasPrefix("default-src 'none';") && !policy.contains("unsafe") && !policy.contains("*"))
                let tag = try #require(answer.headers["ETag"])
                var headers = HTTPHeaders()
                headers["If-None-Match"] = tag
                let again = try await stand.ask(.get, file.path, headers: headers)
                #expect(again.status == 304 && again.body.isEmpty)
            }
            #expect(try await stand.ask(.get, "/dashboard/other.js").status == 404)
            #expect(try await stand.ask(.post, "/", body: "{}").status == 405)
        }
    }

    @Test func `no file names another place, and the page brings no code or style inside`() {
        for file in DashboardFile.all {
            // The name of SVG's language is no place that is asked.
            let text = Self.text(file).replacing("http://www.w3.org/2000/svg", with: "")
            #expect(text.firstMatch(of: #/(https?:)?\/\/[a-z0-9.-]+\.[a-z]/#) == nil, "\(file.path)")
            #expect(text.firstMatch(of: #/@import|url\(|innerHTML|outerHTML|insertAdjacentHTML|eval\(|new Function/#) == nil)
        }
        #expect(Self.page.firstMatch(of: #/\son[a-z]+=|\sstyle=|<style|javascript:/#) == nil)
        #expect(Self.page.matches(of: #/<script/#).count == Self.page.matches(of: #/<script type="module" src="/#).count)
    }

    @Test func `whatever the page and its scripts name is there`() {
        let paths = Set(DashboardFile.all.map(\.path))
        for match in Self.page.matches(of: #/(?:href|src)="(\/[^"]*)"/#) {
            #expect(paths.contains(String(match.1)) || match.1 == "/api/v1/openapi.json", "\(match.1)")
        }
        let ids = Self.page.matches(of: #/\sid="([^"]+)"/#).map { String($0.1) }
        #expect(Set(ids).count == ids.count, "ids are unique")
        for match in Self.page.matches(of: #/(?:href="#|aria-labelledby="|aria-describedby=")([a-z-]+)"/#) {
            #expect(ids.contains(String(match.1)), "\(match.1)")
        }
        for script in Self.scripts {
            for match in script.matches(of: #/from "\.\/([a-z]+\.js)"/#) {
                #expect(paths.contains("/dashboard/\(match.1)"), "\(match.1)")
            }
            for match in script.matches(of: #/byId\("([^"]+)"\)/#) { #expect(ids.contains(String(match.1)), "\(match.1)") }
        }
    }

    @Test func `each field of forms has a label, each table a caption and each heading a scope`() {
        #expect(Self.page.matches(of: #/<(input|select)/#).count == Self.page.matches(of: #/<label>/#).count)
        #expect(Self.page.matches(of: #/<table/#).count == Self.page.matches(of: #/<caption>/#).count)
        #expect(Self.page.matches(of: #/<th[ >]/#).count == Self.page.matches(of: #/<th scope="col"/#).count)
    }

    @Test func `each topic and each question is one that is answered`() throws {
        let scripts = Self.scripts.joined(separator: "\n")
        let topics = try #require(scripts.firstMatch(of: #/TOPICS = "([a-z,]+)"/#)).1
        #expect(try LiveTopic.parse(String(topics)).count == topics.split(separator: ",").count)
        let asked = scripts.matches(of: #/\/api\/v1\/([a-z]+)/#).map { String($0.1) }
        // The history is asked only where the status says that there is one.
        for name in Set(asked).subtracting(["history"]) {
            #expect(RouteTable.all.routes.contains { $0.template.hasPrefix("/api/v1/\(name)") }, "\(name)")
        }
        #expect(asked.count > 5)
    }

    @Test(arguments: [
        ("listRequests", ["sequence", "writtenAtUnixSeconds", "kind", "workflow", "targetSeconds", "latencySeconds", "quotient", "change", "failure"]),
        ("listTimeline", ["sequence", "writtenAtUnixSeconds", "kind", "node", "seconds", "sentence"]),
        ("listValues", ["node", "ageSeconds", "reason", "metric", "rows", "values", "columns", "nodes"]),
        ("listFunctions", ["function", "node", "replicas", "readyReplicas"]),
        ("listInterference", ["pressures", "node", "cpu", "cache", "memory", "seconds"]),
        ("getStatus", ["version", "uptimeSeconds", "knownNodes", "heardNodes", "leadership", "placement", "parts", "isLeading", "holder"]),
        ("getDecision", ["decision", "entryNames", "observation", "absentEntries", "actions", "values", "allowed", "chosen", "isRandom", "epsilon", "barred", "assignment", "functionSeconds", "reward", "verdict", "failures"]),
        ("getHarvest", ["mode", "manager", "nodes", "loans", "lender", "borrower", "resource", "amount", "sinceSeconds", "remainingSeconds", "returned", "lentSeconds", "reason", "remark"]),
        ("listRoutes", ["balancer", "workers", "waiting", "resent", "refused", "url", "state", "inFlight", "weight", "p50Seconds", "p99Seconds", "succeeded", "functionFailed", "workerFailed"]),
        ("getCounters", ["rows", "metric", "scope", "value", "ageSeconds", "source", "quality", "detail"]),
        ("listContainers", ["containers", "cpuCoresMean", "cpuLimitCores", "isCPUUnlimited", "memoryPeakBytes", "memoryLimitBytes", "isMemoryUnlimited", "throttledWindows", "windows"]),
    ])
    func `each field that the page reads is one that is answered`(route: String, fields: [String]) throws {
        let found = try #require(RouteTable.all.routes.first { $0.name == route })
        guard case .json(let schema) = found.answer else { throw NoSchema() }
        let known = Self.names(schema)
        let scripts = Self.scripts.joined(separator: "\n")
        for field in fields {
            #expect(known.contains(field), "\(route) has no \(field)")
            #expect(scripts.contains(field), "the page does not read \(field)")
        }
    }

    private struct NoSchema: Error {}

    private static func names(_ schema: Schema) -> Set<String> {
        switch schema {
        case .object(let members): members.reduce(into: []) { $0.formUnion([$1.name]); $0.formUnion(names($1.schema)) }
        case .array(let element), .map(let element): names(element)
        case .oneOf(let schemas): schemas.reduce(into: []) { $0.formUnion(names($1)) }
        default: []
        }
    }
}
