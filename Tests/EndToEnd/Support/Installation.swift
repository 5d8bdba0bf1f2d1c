import Foundation
import Simulation
import Topology

/// Keys, allow-list, configuration and virtual nodes of one small installation in a folder of its own.
final class Installation: Sendable {
    let folder: URL
    let port: Int

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString.prefix(8))")
        port = Int.random(in: 20_000...30_000)
        try FileManager.default.createDirectory(at: path("agents.d"), withIntermediateDirectories: true)
        _ = try reeve(["keys", "new", "coordinator", "--folder", folder.path])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> URL { folder.appendingPathComponent(name) }

    var socket: String { path("query.sock").path }

    /// Runs the operator's command and returns what it printed.
    func reeve(_ arguments: [String]) throws -> String {
        let (code, output, error) = try Program.run("reeve", arguments)
        guard code == 0 else { throw CommandFailed(description: "reeve \(arguments): exit \(code): \(error)") }
        return output
    }

    struct CommandFailed: Error, CustomStringConvertible { let description: String }

    /// Draws a key for `node` and puts it on the allow-list unless told otherwise.
    func makeKey(of node: String, allowed: Bool = true) throws {
        _ = try reeve(["keys", "new", node, "--folder", folder.path])
        if allowed { try allow(node) }
    }

    func allow(_ node: String) throws {
        _ = try reeve(["keys", "allow", node, path("\(node).pub").path, "--folder", path("agents.d").path])
    }

    func startCoordinator(extra: String = "") throws -> Program {
        let yaml = """
            telemetry:
              bind: tcp://127.0.0.1:\(port)
              secretKey: \(path("coordinator.key").path)
              allowedAgents: \(path("agents.d").path)
              window: 20ms
            query:
              socket: \(socket)
            \(extra)
            """
        try yaml.write(to: path("coordinator.yaml"), atomically: true, encoding: .utf8)
        return try Program("reeve-coordinator", ["serve", "--config", path("coordinator.yaml").path])
    }

    /// Makes the files of a virtual node like the thesis' `node`.
    func makeTree(of node: String) throws -> VirtualTree {
        guard let hardware = NodeHardware.thesisNodes[NodeName(node)] else {
            throw CommandFailed(description: "no virtual hardware for \(node)")
        }
        return try VirtualTree(root: path("tree-\(node)").path, hardware: hardware)
    }

    /// Starts an agent that speaks for `node`, with that node's key unless told otherwise. Of options that are given twice,
    /// the ones in `extra` hold.
    func startAgent(_ node: String, tree: VirtualTree, key: String? = nil, extra: [String] = []) throws -> Program {
        try startAgent(
            node, msrRoot: tree.msrRoot, sysfsRoot: tree.sysfsRoot, procRoot: tree.procRoot, key: key, extra: extra)
    }

    func startAgent(
        _ node: String, msrRoot: String, sysfsRoot: String, procRoot: String, key: String? = nil, extra: [String] = []
    ) throws -> Program {
        try Program(
            "reeve-agent",
            [
                "run", "--node", node, "--coordinator", "tcp://127.0.0.1:\(port)",
                "--coordinator-key", path("coordinator.pub").path, "--key", path("\(key ?? node).key").path,
                "--source", "msr", "--interval", "10", "--slow-interval", "10", "--budget", "100%", "--msr-root", msrRoot, "--sysfs-root",
                sysfsRoot, "--proc-root", procRoot,
            ] + extra)
    }

    /// The answer to `reeve nodes`, by node; nil while the coordinator does not answer. Until it comes, `work` is done
    /// again and again: windows are short, and what happened before the question is over when it is answered.
    func nodes(during work: (() -> Void)? = nil) throws -> [String: NodeAnswer]? {
        let question = try Program("reeve", ["nodes", "--socket", socket, "--output", "json", "--timeout", "500"])
        if let work {
            while !question.hasEnded {
                work()
                usleep(2_000)
            }
        }
        let (code, output) = question.finish()
        guard code == 0 else { return nil }
        let answer = try JSONDecoder().decode(NodesAnswer.self, from: Data(output.utf8))
        return Dictionary(uniqueKeysWithValues: answer.nodes.map { ($0.node, $0) })
    }

    /// The system-wide values that `reeve counters` shows of `node`, by metric.
    func counters(of node: String) throws -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: try counterRows(of: node).compactMap { row in
                row.scope == "system" ? row.value.map { (row.metric, $0) } : nil
            })
    }

    /// The parts of `node` that `reeve counters` shows.
    func counterScopes(of node: String) throws -> [String] { try counterRows(of: node).map(\.scope) }

    private func counterRows(of node: String) throws -> [CountersAnswer.Row] {
        let json = try reeve(["counters", node, "--socket", socket, "--output", "json"])
        return try JSONDecoder().decode(CountersAnswer.self, from: Data(json.utf8)).rows
    }

    private struct CountersAnswer: Decodable {
        struct Row: Decodable {
            let metric, scope: String
            let value: Double?
        }
        let rows: [Row]
    }

    struct NodesAnswer: Decodable { let nodes: [NodeAnswer] }

    struct NodeAnswer: Decodable {
        struct Counts: Decodable {
            let acceptedBatches, duplicateBatches, lostBatches, restarts: Int
        }
        let node, state: String
        let intervalMilliseconds: Int
        let ageSeconds: Double?
        let reason: String?
        let counts: Counts
        let metrics: [String: Double]
    }
}
