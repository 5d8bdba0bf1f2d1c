import Foundation
import Measures
import TestSupport
import Testing

/// Requests without end through a real coordinator to real workers, while everything happens that may happen to them.
@Suite(
    "Routing under load", .serialized,
    .enabled(
        if: ProcessInfo.processInfo.environment["REEVE_TEST_REQUESTS"] != nil,
        "it takes the whole machine: make test runs it by itself"))
struct RoutingLoadTests {
    /// A million where time does not matter, and 100 000 are enough for every kind of fault.
    static let requests = ProcessInfo.processInfo.environment["REEVE_TEST_REQUESTS"].flatMap { Int($0) } ?? 0
    static let connections = 64
    static let balancers = [
        "round-robin", "random", "least-loaded", "power-of-two", "package-aware", "bounded-hash", "hash", "cost-aware",
    ]
    /// Workers that have failed are tried again soon, so that they are killed often.
    static let health = ["health: {failures: 3, within: 2s, ejection: 500ms, longestEjection: 2s, full: 20ms}"]

    @Test func `every answer is the right one, none is given twice, none is lost that no worker had`() async throws {
        let installation = try RouterInstallation(workers: 10)
        var fate = Fate(installation)
        try installation.configure(fate.section)
        for worker in installation.workers { fate.running[worker.name] = try await installation.start(worker) }
        let coordinator = try await installation.startCoordinator()
        let clients = try installation.startClients(requests: Self.requests, connections: Self.connections)
        while !clients.hasEnded { try await fate.strike(coordinator) }
        #expect(clients.finish().exitCode == 0, "\(clients.standardError)")
        #expect(!coordinator.hasEnded, "\(coordinator.standardError)")

        let ledger = try LoadLedger(installation, outcomes: try installation.folder.bytes(of: "results"))
        print("routing under load: \(ledger.summary), lost unread \(ledger.lostUnread.count); \(fate.summary)")
        #expect(ledger.outcomes.count == Self.requests && ledger.count(.right) > Self.requests * 9 / 10)
        for outcome in [LoadLedger.Outcome.notAsked, .wrong, .closed, .unanswered, .unavailable, .gatewayTimeout] {
            #expect(ledger.count(outcome) == 0, "\(outcome)")
        }
        #expect(ledger.garbled == 0)
        #expect(ledger.answeredByNobody.isEmpty)
        #expect(ledger.carriedOutTwice.isEmpty, "\(ledger.carriedOutTwice.prefix(10))")
        #expect(ledger.cutByNobody.isEmpty, "\(ledger.cutByNobody.prefix(10))")
        // What stands unread in the socket of a worker that is killed has been sent and cannot be sent again. So
        // nothing is lost but when one is killed, and never more than what was under way.
        #expect(ledger.lostUnread.count <= fate.kills * Self.connections)
        #expect(ledger.lossesUnread(gap: 50 * Self.connections) <= fate.kills)

        try await eventually("nothing is under way any more: \(coordinator.standardError)") {
            let routes = try installation.routes()
            let isIdle = routes.workers.allSatisfy { $0.inFlight == 0 }
            return isIdle && routes.waiting == 0 && routes.clientConnections == 0
        }
        coordinator.send(SIGTERM)
        #expect(coordinator.finish().exitCode == 0, "\(coordinator.standardError)")
    }

    @Test func `a worker that fails gets nothing after its ejection`() async throws {
        let installation = try RouterInstallation(workers: 3)
        try installation.configure(
            installation.list(installation.workers)
                + ["balancer: least-loaded", "health: {failures: 3, ejection: 1h, longestEjection: 1h}"])
        let sick = installation.workers[1]
        var running: [Program] = []
        for worker in installation.workers {
            running.append(try await installation.start(worker, refusing: worker.name == sick.name))
        }
        // The test itself connects to see whether it listens.
        let before = try Data(contentsOf: URL(fileURLWithPath: installation.journal(of: sick))).count / 5
        let coordinator = try await installation.startCoordinator()
        let outcomes = try installation.send(requests: 2_000, connections: 1)
        let connected = try Data(contentsOf: URL(fileURLWithPath: installation.journal(of: sick))).count / 5 - before
        #expect(connected == 3, "failures eject it, one request after the other")
        #expect(outcomes.count { $0 == LoadLedger.Outcome.right.rawValue } >= 1_900)
        let routes = try installation.routes()
        #expect(routes[sick]?.state == "ejected" && routes[sick]?.outcomes.workerFailed == 3)
        #expect(!coordinator.hasEnded)
        withExtendedLifetime(running) {}
    }
}

/// What happens to the workers meanwhile: they are killed and come back, drain and come back, and the configuration is
/// another every second.
private struct Fate {
    let installation: RouterInstallation
    var running: [String: Program] = [:]
    private var random = SeededRandom(seed: 6)
    private var turn = 0
    private var dead: [(worker: RouterInstallation.Worker, until: Int)] = []
    private var draining: [(worker: RouterInstallation.Worker, until: Int)] = []
    private(set) var kills = 0
    private var drains = 0
    private var reloads = 0

    init(_ installation: RouterInstallation) { self.installation = installation }

    var summary: String { "\(kills) kills, \(drains) drains, \(reloads) reloads" }

    /// The section as it is in this turn: another balancer each time, and other weights.
    var section: [String] {
        let balancer = RoutingLoadTests.balancers[reloads % RoutingLoadTests.balancers.count]
        let offset = reloads
        return installation.list(installation.workers) { 1 + ($0.port + offset) % 3 } + RoutingLoadTests.health
            + ["balancer: \(balancer)"]
    }

    private mutating func pick(of workers: [RouterInstallation.Worker]) -> RouterInstallation.Worker? {
        workers.isEmpty ? nil : workers[Int.random(in: 0..<workers.count, using: &random)]
    }

    /// Half a second of it. At least six workers are always there.
    mutating func strike(_ coordinator: Program) async throws {
        turn += 1
        for (worker, _) in dead.filter({ $0.until <= turn }) {
            running[worker.name] = try await installation.start(worker)
            dead.removeAll { $0.worker.name == worker.name }
        }
        for (worker, _) in draining.filter({ $0.until <= turn }) {
            try installation.order("add", worker.url)
            draining.removeAll { $0.worker.name == worker.name }
        }
        let gone = Set((dead + draining).map(\.worker.name))
        let well = installation.workers.filter { !gone.contains($0.name) }
        if well.count > 6, turn % 3 != 0, let worker = pick(of: well) {
            running[worker.name]?.kill()
            kills += 1
            dead.append((worker, turn + Int.random(in: 1...4, using: &random)))
        } else if well.count > 6, let worker = pick(of: well) {
            try installation.order("drain", worker.url)
            drains += 1
            draining.append((worker, turn + Int.random(in: 1...4, using: &random)))
        }
        if turn % 2 == 0 { try reload(coordinator) }
        try await Task.sleep(for: .milliseconds(500))
    }

    private mutating func reload(_ coordinator: Program) throws {
        reloads += 1
        try installation.configure(section)
        if reloads % 2 == 0 { coordinator.send(SIGHUP) } else { try installation.order("reload") }
    }
}
