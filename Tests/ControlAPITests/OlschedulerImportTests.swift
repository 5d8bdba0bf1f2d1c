import ControlAPI
import Foundation
import Proxy
import Routing
import Settings
import Testing

@Suite("The import of an olscheduler's configuration")
struct OlschedulerImportTests {
    private func take(_ json: String) throws -> (routing: RoutingConfiguration, warnings: [String]) {
        let imported = try OlschedulerImport(json: Data(json.utf8))
        let configuration = try CoordinatorConfiguration(yaml: imported.yaml)
        #expect(configuration.query != nil && configuration.telemetry == nil)
        return (try #require(configuration.routing), imported.warnings)
    }

    /// A configuration with these members in place of its own; nil leaves one out.
    private func json(_ changes: [String: String?] = [:]) -> String {
        var members: [String: String?] = [
            "host": #""localhost""#, "port": "8080", "balancer": #""round-robin""#, "registry": #""/r.json""#,
            "workers": #"["http://a:1", "http://b:2"]"#,
        ]
        for (key, value) in changes { members.updateValue(value, forKey: key) }
        return "{" + members.compactMap { key, value in value.map { "\"\(key)\": \($0)" } }.joined(separator: ",") + "}"
    }

    private func addresses(_ routing: RoutingConfiguration) -> [String] {
        routing.workers.map { "\($0.address) \($0.weight)" }
    }

    @Test func `every member is taken`() throws {
        let (routing, warnings) = try take(
            #"""
            {"_comment": "for an experiment", "Host": "localhost", "port": 8080, "balancer": "pkg-aware",
             "load-threshold": 50, "registry": "./registries/\"r\".json",
             "workers": ["localhost:8081", "1", "localhost:8082", "3"], "verbose": true}
            """#)
        #expect(routing.settings.listen == [try ListenAddress(host: "localhost", port: 8_080)])
        #expect(routing.balancer.name == "package-aware" && routing.balancing.loadThreshold == 50)
        #expect(routing.registry == [.olscheduler(path: "./registries/\"r\".json")])
        #expect(addresses(routing) == ["http://localhost:8081 1", "http://localhost:8082 3"])
        #expect(routing.workers.allSatisfy { $0.kind == .any })
        for told in ["verbose: ", "is sought from the folder", "takes each element of the pairs", "set them to 1", "kind: openlambda"] {
            #expect(warnings.contains { $0.contains(told) }, "\(told): \(warnings)")
        }
        #expect(!warnings.contains { $0.contains("_comment") })
        #expect(warnings.allSatisfy { !$0.contains("\n") })
    }

    @Test(arguments: [
        ("round-robin", "round-robin", ""), ("random", "random", "from the clock"), ("least-loaded", "least-loaded", "take turns"),
        ("pkg-aware", "package-aware", "on a ring"), ("hashing-bounded", "bounded-hash", "leaves the configured workers out"),
        ("consistent-hashing-bounded", "bounded-hash", "which its evaluation names"),
    ])
    func `each balancer has its counterpart, and what is different is told`(
        name: String, ours: String, told: String
    ) throws {
        let (routing, warnings) = try take(json(["balancer": "\"\(name)\""]))
        #expect(routing.balancer.name == ours)
        #expect(told.isEmpty || warnings.contains { $0.contains(told) }, "\(warnings)")
    }

    @Test(arguments: [
        (#"["a:1", "b:2", "c:3"]"#, "round-robin", ["http://a:1 1", "http://b:2 1", "http://c:3 1"], "an even number"),
        (#"["a:1", "5", "b:2", "1"]"#, "random", ["http://a:1 5", "http://b:2 1"], ""),
        (#"["a:1", "b:2"]"#, "random", ["http://a:1 1", "http://b:2 1"], "without one each has 1"),
        (#"["a:1", "1", "http://A:1", "2"]"#, "random", ["http://a:1 1"], "stands more than once"),
        (#"["a:1", "0", "b:2", "1"]"#, "least-loaded", ["http://a:1 0", "http://b:2 1"], "a weight of 0"),
        ("[]", "round-robin", [], "there is none"),
    ])
    func `workers are read as pairs or as addresses`(
        workers: String, balancer: String, expected: [String], told: String
    ) throws {
        let (routing, warnings) = try take(json(["workers": workers, "balancer": "\"\(balancer)\""]))
        #expect(addresses(routing) == expected)
        #expect(told.isEmpty || warnings.contains { $0.contains(told) }, "\(warnings)")
    }

    @Test func `what the olscheduler takes for granted is taken, and told`() throws {
        let open = try take(json(["host": nil]))
        #expect(open.routing.settings.listen == [try ListenAddress(host: "0.0.0.0", port: 8_080)])
        #expect(open.warnings.contains { $0.contains("listens on every address") })
        let six = try take(json(["host": #""::1""#]))
        #expect(six.routing.settings.listen == [try ListenAddress(host: "::1", port: 8_080)])
        let threshold = try take(json(["balancer": #""pkg-aware""#]))
        #expect(threshold.routing.balancing.loadThreshold == 0)
        #expect(threshold.warnings.contains { $0.contains("load-threshold: none is named") })
        let unused = try take(json(["load-threshold": "5"]))
        #expect(unused.warnings.contains { $0.contains("only pkg-aware heeds it") })
        let unregistered = try take(json(["registry": nil]))
        #expect(unregistered.routing.registry.isEmpty)
        #expect(unregistered.warnings.contains { $0.contains("registry: none is named") })
    }

    @Test(arguments: [
        ("[]", "a JSON object"), ("{", "no JSON"), (#"{"port": 1, "PORT": 2}"#, "more than once"),
    ])
    func `what is no configuration is refused`(text: String, told: String) {
        let error = #expect(throws: SettingsError.self) { try OlschedulerImport(json: Data(text.utf8)) }
        #expect(error?.description.contains(told) == true, "\(error?.description ?? "taken")")
    }

    @Test(arguments: [
        ("port", "0", "1 to 65535"), ("port", "\"x\"", "a whole number"), ("port", "70000", "1 to 65535"),
        ("host", "1", "a text"), ("balancer", "\"best\"", "round-robin, random, least-loaded"),
        ("workers", "[1]", "a list of texts"), ("workers", #"["a:1", "-1"]"#, "0 to 65535"),
        ("workers", #"["https://a:1", "b:1"]"#, "no address of a worker"), ("load-threshold", "-1", "0 to 1000000"),
        ("registry", "[]", "a text"),
    ])
    func `a member that makes no sense is refused with what is allowed`(member: String, value: String, told: String) {
        let text = json([member: value])
        let error = #expect(throws: SettingsError.self) { try OlschedulerImport(json: Data(text.utf8)) }
        #expect(error?.description.contains(told) == true, "\(error?.description ?? "taken")")
    }

    @Test func `a member that must be there is missed`() {
        for member in ["balancer", "port"] {
            let error = #expect(throws: SettingsError.self) {
                try OlschedulerImport(json: Data(self.json([member: nil]).utf8))
            }
            #expect(error?.description.contains("\(member) is missing") == true, "\(error?.description ?? "taken")")
        }
    }
}
