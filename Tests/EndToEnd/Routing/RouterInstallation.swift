import Foundation
import TestSupport
import Testing

/// A coordinator that does nothing but route, and workers that are processes of their own.
final class RouterInstallation: Sendable {
    /// One worker, that can be killed and started again at its address.
    struct Worker: Sendable {
        let name: String
        let port: Int
        var url: String { "http://127.0.0.1:\(port)" }
    }

    let folder: TemporaryFolder
    let port: Int
    let workers: [Worker]

    init(workers count: Int) throws {
        folder = try TemporaryFolder()
        var ports: Set<Int> = []
        while ports.count <= count { ports.insert(try LocalPort.free()) }
        let sorted = ports.sorted()
        port = sorted[0]
        workers = sorted.dropFirst().enumerated().map { Worker(name: "w\($0.offset)", port: $0.element) }
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    var socket: String { path("query.sock") }

    func journal(of worker: Worker) -> String { path("\(worker.name).journal") }

    // MARK: Configuration

    /// Writes a configuration whose section `routing` is `section` and where it listens.
    func configure(_ section: [String]) throws {
        let lines = ["routing:", "  listen: [\"127.0.0.1:\(port)\"]"] + section.map { "  \($0)" }
        let whole = lines + ["query: {socket: \(socket)}", ""]
        try folder.write(whole.joined(separator: "\n"), to: "coordinator.yaml")
    }

    /// The entry for these workers.
    func list(_ workers: [Worker], weight: (Worker) -> Int = { _ in 1 }) -> [String] {
        ["workers:"] + workers.map { "  - {url: \"\($0.url)\", weight: \(weight($0))}" }
    }

    // MARK: Programs

    /// Starts the coordinator and waits until it answers.
    func startCoordinator() async throws -> Program {
        let coordinator = try Program("reeve-coordinator", ["serve", "--config", path("coordinator.yaml")])
        try await eventually("the router answers: \(coordinator.standardError)") {
            coordinator.hasEnded || (LocalPort.isOpen(port) && (try? routes()) != nil)
        }
        return coordinator
    }

    /// Starts `worker` and waits until it listens.
    func start(_ worker: Worker, refusing: Bool = false) async throws -> Program {
        let program = try Program(
            "RoutingLoad",
            ["worker", "--port", "\(worker.port)", "--name", worker.name, "--journal", journal(of: worker)]
                + (refusing ? ["--refuse"] : []))
        try await eventually("worker \(worker.name) listens: \(program.standardError)") {
            LocalPort.isOpen(worker.port)
        }
        return program
    }

    /// Sends `requests` over so many connections at once.
    func startClients(requests: Int, connections: Int) throws -> Program {
        try Program(
            "RoutingLoad",
            [
                "clients", "--port", "\(port)", "--requests", "\(requests)", "--connections", "\(connections)",
                "--results", path("results"),
            ])
    }

    /// Sends `requests`, waits for the end, and returns what became of each.
    func send(requests: Int, connections: Int) throws -> [UInt8] {
        let clients = try startClients(requests: requests, connections: connections)
        guard clients.finish().exitCode == 0 else { throw Refused(sentence: clients.standardError) }
        return try folder.bytes(of: "results")
    }

    // MARK: Orders

    struct Refused: Error { let sentence: String }

    /// Runs `reeve routes` with `arguments` and returns what it printed; throws what it told instead.
    @discardableResult
    func order(_ arguments: String...) throws -> String {
        let (code, output, error) = try Program.run("reeve", ["routes"] + arguments + ["--socket", socket])
        guard code == 0 else { throw Refused(sentence: error) }
        return output
    }

    /// What is told when the order is refused; nil when it is not.
    func refusal(of arguments: String...) throws -> String? {
        let (code, _, error) = try Program.run("reeve", ["routes"] + arguments + ["--socket", socket])
        return code == 0 ? nil : error
    }

    struct Routes: Decodable {
        struct Outcomes: Decodable {
            let succeeded, functionFailed, workerFailed, full, abandoned: Int
            var total: Int { succeeded + functionFailed + workerFailed + full + abandoned }
        }
        struct Worker: Decodable {
            let url, state: String
            let weight, inFlight: Int
            let capacity: Int?
            let node: String?
            let outcomes: Outcomes
        }
        let balancer: String
        let workers: [Worker]
        let waiting, clientConnections, resent: Int
        let answers, refused: [String: Int]

        subscript(_ worker: RouterInstallation.Worker) -> Worker? { workers.first { $0.url == worker.url } }
    }

    func routes() throws -> Routes {
        try JSONDecoder().decode(Routes.self, from: Data(try order("show", "--output", "json").utf8))
    }
}
