import Foundation
import TestSupport
import Testing

/// `reeve routes` with a coordinator that does nothing but route.
@Suite("Orders to a router")
struct RoutesCommandTests {
    private let installation: RouterInstallation

    init() throws { installation = try RouterInstallation(workers: 2) }

    private var first: RouterInstallation.Worker { installation.workers[0] }
    private var second: RouterInstallation.Worker { installation.workers[1] }

    private func states() throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try installation.routes().workers.map { ($0.url, $0.state) })
    }

    @Test func `a section routing alone makes a router`() async throws {
        try installation.folder.write(
            """
            routing:
              listen: ["127.0.0.1:\(installation.port)"]
              workers: [{url: "\(first.url)"}]
            """, to: "coordinator.yaml")
        let worker = try await installation.start(first)
        let coordinator = try Program("reeve-coordinator", ["serve", "--config", installation.path("coordinator.yaml")])
        try await eventually("the router listens: \(coordinator.standardError)") { LocalPort.isOpen(installation.port) }
        let outcomes = try installation.send(requests: 200, connections: 4)
        #expect(outcomes.count { $0 == LoadLedger.Outcome.right.rawValue } >= 190)
        coordinator.send(SIGTERM)
        #expect(coordinator.finish().exitCode == 0, "\(coordinator.standardError)")
        withExtendedLifetime(worker) {}
    }

    @Test func `workers are added, drained and removed, and what cannot be is refused`() async throws {
        try installation.configure(installation.list([first]))
        let running = [try await installation.start(first), try await installation.start(second)]
        let coordinator = try await installation.startCoordinator()
        #expect(try installation.routes().balancer == "cost-aware")
        #expect(try states() == [first.url: "active"])

        try installation.order("add", second.url, "--weight", "3", "--capacity", "5", "--node", "n2")
        let added = try #require(try installation.routes()[second])
        #expect(added.weight == 3 && added.capacity == 5 && added.node == "n2")
        try installation.order("drain", first.url)
        #expect(try states() == [first.url: "draining", second.url: "active"])
        _ = try installation.send(requests: 100, connections: 1)
        let routes = try installation.routes()
        #expect(routes[first]?.outcomes.total == 0 && (routes[second]?.outcomes.total ?? 0) >= 100)
        #expect(try installation.order("functions").contains("FUNCTION"))
        try installation.order("add", first.url)
        #expect(try states()[first.url] == "active")
        try installation.order("remove", first.url)
        #expect(try states() == [second.url: "active"])

        for (arguments, told) in [
            (["remove", first.url], "there is no worker \(first.url): there is \(second.url)"),
            (["drain", "http://10.9.8.7:1"], "there is no worker http://10.9.8.7:1"),
            (["add", "https://a:1"], "no address of a worker"), (["add", "a:1", "--weight", "70000"], "0 to 65535"),
            (["add", "a:1", "--kind", "lambda"], "openlambda, openlambda-2018"),
        ] {
            let refusal = try Program.run("reeve", ["routes"] + arguments + ["--socket", installation.socket])
            #expect(refusal.exitCode != 0 && refusal.error.contains(told), "\(arguments): \(refusal.error)")
        }
        #expect(try states() == [second.url: "active"] && !coordinator.hasEnded)
        withExtendedLifetime(running) {}
    }

    @Test func `a reload takes workers, registry and balancer, and a bad file changes nothing`() async throws {
        try installation.folder.write(#"[{"handle": "f", "pkgs": ["p"]}]"#, to: "registry.json")
        let registry = ["registry: [{olscheduler: \(installation.path("registry.json"))}]"]
        try installation.configure(installation.list([first]) + registry)
        let coordinator = try await installation.startCoordinator()
        try installation.order("drain", first.url)

        try installation.configure(
            installation.list([first, second]) + registry + ["balancer: round-robin", "queue: {capacity: 5}"])
        let told = try installation.order("reload")
        #expect(told.contains("2 workers, 1 functions, balancer round-robin") && told.contains("added: \(second.url)"))
        #expect(told.contains("routing.queue.capacity has changed, which takes a restart"), "\(told)")
        #expect(try installation.routes().balancer == "round-robin")
        #expect(try states() == [first.url: "draining", second.url: "active"], "what drains goes on draining")

        let bad: [(section: [String], told: String)] = [
            (["balancer: best"], "allowed is round-robin"), (["colour: red"], "unknown key routing.colour"),
            (["registry: [{olscheduler: /nowhere.json}]"], "/nowhere.json"),
        ]
        for (section, told) in bad {
            try installation.configure(section)
            #expect(try installation.refusal(of: "reload")?.contains(told) == true)
            coordinator.send(SIGHUP)
            try await eventually("the log says why: \(coordinator.standardError)") {
                coordinator.standardError.contains("it cannot be reloaded") && coordinator.standardError.contains(told)
            }
            #expect(try installation.routes().balancer == "round-robin" && states().count == 2)
        }

        try installation.configure(installation.list([second]) + ["balancer: random"])
        coordinator.send(SIGHUP)
        try await eventually("the signal reloads: \(coordinator.standardError)") {
            try installation.routes().balancer == "random"
        }
        #expect(try states() == [second.url: "active"])
        coordinator.send(SIGTERM)
        #expect(coordinator.finish().exitCode == 0, "\(coordinator.standardError)")
    }

    @Test func `without a section routing there is nothing to route, and the signal ends nothing`() async throws {
        try installation.folder.write("query: {socket: \(installation.socket)}", to: "coordinator.yaml")
        let coordinator = try Program("reeve-coordinator", ["serve", "--config", installation.path("coordinator.yaml")])
        try await eventually("the coordinator answers: \(coordinator.standardError)") {
            try Program.run("reeve", ["status", "--socket", installation.socket]).exitCode == 0
        }
        #expect(try installation.refusal(of: "show")?.contains("no section routing") == true)
        coordinator.send(SIGHUP)
        try await eventually("it is told: \(coordinator.standardError)") {
            coordinator.standardError.contains("nothing to reload")
        }
        #expect(!coordinator.hasEnded)
    }

    @Test func `an olscheduler's configuration is rewritten, and what is different is told beside`() throws {
        try installation.folder.write(
            #"{"host": "127.0.0.1", "port": 8080, "balancer": "pkg-aware", "load-threshold": 9, "#
                + #""registry": "/r.json", "workers": ["localhost:8081", "1"]}"#, to: "olscheduler.json")
        let (code, yaml, warnings) = try Program.run(
            "reeve", ["routes", "import", installation.path("olscheduler.json")])
        #expect(code == 0 && warnings.split(separator: "\n").allSatisfy { $0.hasPrefix("warning: ") }, "\(warnings)")
        try installation.folder.write(yaml, to: "imported.yaml")
        let check = try Program.run(
            "reeve-coordinator", ["serve", "--check", "--config", installation.path("imported.yaml")])
        #expect(check.exitCode == 0 && check.error.contains("routing.balancing.loadThreshold: 9"), "\(check.error)")
        try installation.folder.write(#"{"port": 8080}"#, to: "bad.json")
        let bad = try Program.run("reeve", ["routes", "import", installation.path("bad.json")])
        #expect(bad.exitCode == 2 && bad.error.contains("balancer is missing") && bad.output.isEmpty)
    }
}
