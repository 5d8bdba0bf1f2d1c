import Foundation
import Messaging
import Simulation
import Synchronization
import TestSupport
import Testing
import Wire

/// A coordinator in a process of its own, with agents that stream to it.
final class LiveCoordinator: Sendable {
    let installation: Installation
    private let bench: LiveBench
    private let configuration: String
    private let programs = Mutex<[String: Program]>([:])

    init(_ bench: LiveBench, placement: String, kubeconfig: String? = nil) throws {
        self.bench = bench
        installation = try Installation()
        configuration = try bench.configuration(in: installation, placement: placement, kubeconfig: kubeconfig)
        for node in LiveBench.nodes { try installation.makeKey(of: node) }
    }

    /// Starts the coordinator, in place of an earlier one.
    func start() throws {
        let program = try installation.startCoordinator(extra: configuration)
        programs.withLock { $0["coordinator"] = program }
    }

    /// Starts the agent of `node`, in place of an earlier one.
    func startAgent(_ node: String) throws {
        let tree = try bench.tree(of: node)
        let agent = try installation.startAgent(
            node, msrRoot: tree.msrRoot, sysfsRoot: tree.sysfsRoot, procRoot: tree.procRoot)
        programs.withLock { $0[node] = agent }
    }

    /// The running program called `name`: a node's agent, or "coordinator".
    func program(_ name: String = "coordinator") -> Program? { programs.withLock { $0[name] } }

    /// Kills `name` at once (SIGKILL) and waits until it is gone.
    func kill(_ name: String = "coordinator") {
        program(name)?.kill()
        _ = program(name)?.finish()
    }

    func endAll() {
        for name in programs.withLock({ Array($0.keys) }) { program(name)?.kill() }
    }

    // What is asked of it.

    /// What `reeve` prints; nil when it fails, as it does while the coordinator does not answer yet.
    func reeve(_ arguments: String...) throws -> String? {
        let (code, output, _) = try Program.run("reeve", arguments + ["--socket", installation.socket])
        return code == 0 ? output : nil
    }

    private func json<Answer: Decodable>(_ type: Answer.Type, _ arguments: [String]) throws -> Answer? {
        let (code, output, _) = try Program.run(
            "reeve", arguments + ["--socket", installation.socket, "--output", "json"])
        return code == 0 ? try JSONDecoder().decode(type, from: Data(output.utf8)) : nil
    }

    struct Status: Decodable {
        struct Leadership: Decodable {
            let identity: String
            let isLeading: Bool
            let holder: String?
        }
        struct Placement: Decodable {
            let state: String
            let requests: Int
            let lastFailure: String?
            let epsilon: Double?
        }
        let knownNodes: Int?
        let leadership: Leadership?
        let placement: Placement?
    }

    /// What it says of itself; nil while it does not answer.
    func status() throws -> Status? { try json(Status.self, ["status"]) }

    struct Decision: Decodable {
        struct Record: Decodable {
            struct Choice: Decodable {
                let actions: [String]
                let chosen: Int
                let isRandom: Bool
                let epsilon: Double?
                let barred: [String]?
            }
            let decision: Choice?
            let change: String?
            let failures: [String]
            let verdict: String?
            let latencySeconds: Double?
        }
        let record: Record
    }

    /// The decisions in its journal, oldest first.
    func decisions() throws -> [Decision.Record] {
        struct Decisions: Decodable { let decisions: [Decision] }
        return try json(Decisions.self, ["decisions", "--limit", "2000"])?.decisions.map(\.record) ?? []
    }

    /// Submits a run; throws what it is refused with.
    func submit(_ workflow: String = "pair") throws {
        let query = Query(id: 1, verb: "run-submit", arguments: ["workflow": workflow, "qosSeconds": "30"])
        let dealer = try BlockingDealer(role: .localDealer(connect: "ipc://\(installation.socket)"))
        let reply = try dealer.ask(query.encoded(), timeoutMilliseconds: 300_000) { try Reply(decoding: $0) }
        guard case .json = reply.outcome else { throw Refusal(description: "\(reply.outcome)") }
    }

    struct Refusal: Error, CustomStringConvertible { let description: String }

    /// Returns once it leads and knows all nodes.
    func awaitOffice() async throws {
        try await eventually("the coordinator leads and knows the nodes") {
            guard let status = try status() else { return false }
            return status.leadership?.isLeading == true && status.knownNodes == LiveBench.nodes.count
        }
    }

    /// Submits one run and returns once it has been served.
    func serve() async throws {
        let before = try decisions().count
        try submit()
        try await eventually("the run is served") { try decisions().count > before }
    }

    /// Serves runs until `holds`.
    func serve(until what: Comment, _ holds: () async throws -> Bool) async throws {
        try await eventually(what) {
            if try await holds() { return true }
            try await serve()
            return false
        }
    }

    /// Whether one line of its standard error says all of `parts`.
    func says(_ parts: String...) -> Bool {
        program()?.standardError.split(separator: "\n").contains { line in parts.allSatisfy { line.contains($0) } }
            ?? false
    }
}
