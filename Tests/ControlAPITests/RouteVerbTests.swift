import ControlAPI
import Foundation
import Logging
import Measures
import Proxy
import Routing
import Settings
import Synchronization
import Testing
import Topology
import Wire

/// A router that does not run, and the file that its configuration is read from.
private final class RestingRouter: Sendable {
    let admin: RoutingAdmin
    private let text: TextBox

    private final class TextBox: Sendable {
        let text: Mutex<String>
        init(_ text: String) { self.text = Mutex(text) }
    }

    init() throws {
        let box = TextBox(
            Self.yaml("workers: [{url: 'a:1'}, {url: 'b:2', weight: 2}], limits: {workerConnections: 9}"))
        text = box
        let configuration = try CoordinatorConfiguration(yaml: box.text.withLock { $0 })
        let routing = try #require(configuration.routing)
        let service = try ProxyService(
            routing.settings, plan: try routing.plan().plan, time: ManualTime(), random: SeededRandom(seed: 1),
            logger: Logger(label: "test"))
        admin = RoutingAdmin(control: service.control, configuration: configuration) { () throws(SettingsError) in
            try CoordinatorConfiguration(yaml: box.text.withLock { $0 })
        }
    }

    static func yaml(_ rest: String) -> String { "routing: {listen: ['127.0.0.1:0'], \(rest)}" }

    func write(_ yaml: String) { text.text.withLock { $0 = yaml } }

    func ask(_ verb: String, _ arguments: [String: String] = [:]) async -> Reply.Outcome {
        var parts = CoordinatorResponder.Parts()
        parts.routing = admin
        return await CoordinatorResponder(parts: parts, version: "test", time: ManualTime())
            .answer(Query(id: 1, verb: verb, arguments: arguments))
    }

    func answer<Answer: Decodable>(
        _ type: Answer.Type, to verb: String, _ arguments: [String: String] = [:]
    ) async throws -> Answer {
        let outcome = await ask(verb, arguments)
        guard case .json(let json) = outcome else { throw NoAnswer(outcome: "\(outcome)") }
        return try JSONDecoder().decode(type, from: Data(json))
    }

    struct NoAnswer: Error { let outcome: String }

    func workers() async throws -> [String] {
        try await answer(RoutesAnswer.self, to: "routes").workers.map { "\($0.url) \($0.state) \($0.weight)" }
    }
}

@Suite("What is asked of the router")
struct RouteVerbTests {
    private let router: RestingRouter

    init() throws { router = try RestingRouter() }

    @Test func `the workers are told with their states`() async throws {
        let answer = try await router.answer(RoutesAnswer.self, to: "routes")
        #expect(answer.balancer == "cost-aware" && answer.waiting == 0 && answer.refused.isEmpty)
        #expect(answer.workers.map(\.url) == ["http://a:1", "http://b:2"])
        #expect(answer.workers.map(\.weight) == [1, 2] && answer.workers.map(\.capacity) == [9, 9])
        #expect(answer.workers.allSatisfy { $0.latency.p99Seconds == nil && $0.outcomes.total == 0 && $0.node == nil })
        #expect(try await router.answer(RouteFunctionsAnswer.self, to: "route-functions").functions.isEmpty)
    }

    @Test func `workers are added, changed, drained, brought back and removed`() async throws {
        let added = try await router.answer(
            RouteChangeAnswer.self, to: "route-add",
            ["url": "C:3", "weight": "5", "capacity": "4", "cores": "0.5", "node": "n1", "kind": "openfaas"])
        #expect(added.url == "http://c:3" && added.state == "active")
        let worker = try #require(try await router.answer(RoutesAnswer.self, to: "routes").workers.last)
        #expect(worker.weight == 5 && worker.capacity == 4 && worker.node == "n1" && worker.kind == "openfaas")
        #expect(try await router.answer(RouteChangeAnswer.self, to: "route-drain", ["url": "a:1"]).state == "draining")
        _ = try await router.answer(RouteChangeAnswer.self, to: "route-add", ["url": "b:2", "weight": "0"])
        #expect(
            try await router.workers() == ["http://a:1 draining 1", "http://b:2 active 0", "http://c:3 active 5"])
        #expect(try await router.answer(RouteChangeAnswer.self, to: "route-add", ["url": "a:1"]).state == "active")
        #expect(try await router.answer(RouteChangeAnswer.self, to: "route-remove", ["url": "a:1"]).state == "removed")
        #expect(try await router.workers() == ["http://b:2 active 0", "http://c:3 active 5"])
    }

    @Test(arguments: [
        ("route-add", [:], "url"), ("route-add", ["url": "nowhere"], "no address of a worker"),
        ("route-add", ["url": "a:1", "weight": "-1"], "0 to 65535"), ("route-add", ["url": "a:1", "capacity": "0"], "1 to"),
        ("route-add", ["url": "a:1", "cores": "nan"], "cores"), ("route-add", ["url": "a:1", "kind": "x"], "openlambda"),
        ("route-add", ["url": "a:1", "colour": "red"], "no argument colour"), ("routes", ["x": "y"], "no argument x"),
        ("route-remove", ["url": "d:4"], "there is no worker http://d:4: there is http://a:1, http://b:2"),
        ("route-drain", ["url": "d:4"], "there is no worker http://d:4"), ("route-drain", ["url": ""], "no address"),
        ("route-reload", ["x": "y"], "no argument x"),
    ] as [(String, [String: String], String)])
    func `what cannot be is refused and changes nothing`(verb: String, arguments: [String: String], told: String) async throws {
        guard case .failure(_, let sentence) = await router.ask(verb, arguments) else {
            Issue.record("\(verb) \(arguments) was taken")
            return
        }
        #expect(sentence.contains(told), "\(sentence)")
        #expect(try await router.workers() == ["http://a:1 active 1", "http://b:2 active 2"])
    }

    @Test func `a reload makes the file's list hold, and tells what has changed and what takes a restart`() async throws {
        _ = try await router.answer(RouteChangeAnswer.self, to: "route-add", ["url": "c:3"])
        _ = try await router.answer(RouteChangeAnswer.self, to: "route-drain", ["url": "a:1"])
        let same = "limits: {workerConnections: 9}"
        router.write(
            RestingRouter.yaml("workers: [{url: 'a:1'}, {url: 'b:2', weight: 7}, {url: 'd:4'}], balancer: hash, \(same)"))
        let answer = try await router.answer(RouteReloadAnswer.self, to: "route-reload")
        #expect(answer.added == ["http://d:4"] && answer.removed == ["http://c:3"] && answer.changed == ["http://b:2"])
        #expect(answer.workers == 3 && answer.functions == 0 && answer.balancer == "hash" && answer.remarks.isEmpty)
        #expect(
            try await router.workers() == ["http://a:1 draining 1", "http://b:2 active 7", "http://d:4 active 1"])
        #expect(try await router.answer(RoutesAnswer.self, to: "routes").balancer == "hash")

        router.write(RestingRouter.yaml("workers: [{url: 'a:1'}], timeouts: {connect: 1s}") + "\nquery: {socket: /q}")
        let told = try await router.answer(RouteReloadAnswer.self, to: "route-reload").remarks
        #expect(
            told == ["query.socket", "routing.limits.workerConnections", "routing.timeouts.connect"].map {
                "\($0) has changed, which takes a restart"
            })
    }

    @Test(arguments: [
        (RestingRouter.yaml("balancer: best"), "allowed is round-robin"), ("query: {}", "no section routing any more"),
        (RestingRouter.yaml("registry: [{functions: /nowhere}]"), "routing.registry: the folder /nowhere cannot be read"),
        ("{", "not valid YAML"),
    ])
    func `a file that cannot be used changes nothing and says why`(yaml: String, told: String) async throws {
        router.write(yaml)
        guard case .failure(_, let sentence) = await router.ask("route-reload") else {
            Issue.record("the file was taken")
            return
        }
        #expect(sentence.contains(told), "\(sentence)")
        #expect(try await router.workers() == ["http://a:1 active 1", "http://b:2 active 2"])
    }

    @Test(arguments: ["routes", "route-functions", "route-reload"])
    func `without a section routing there is nothing to ask`(verb: String) async {
        let responder = CoordinatorResponder(parts: .init(), version: "test", time: ManualTime())
        guard case .failure(.notFound, let sentence) = await responder.answer(Query(id: 1, verb: verb, arguments: [:])) else {
            Issue.record("\(verb) was answered")
            return
        }
        #expect(sentence.contains("no section routing"))
    }
}
