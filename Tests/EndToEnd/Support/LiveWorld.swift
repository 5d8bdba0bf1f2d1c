import Foundation
import Logging
import Measures
import Simulation
import Synchronization
import Topology

/// A whole installation that runs: the world in this process; the four agents and the coordinator in their own.
final class LiveWorld: Sendable {
    static let nodes = ["w01", "w02", "w03", "w04"]

    let installation: Installation
    let bed: TestBed
    private let trees: [String: HardwareService.NodeTree]
    private let programs = Mutex<[String: Program]>([:])
    private let placement: String

    /// Runs `body` in a world that serves `scenario`, with agents and coordinator started, and ends everything after it.
    static func with(
        scenario: Scenario, placement: String = "", checkpointFolder: String? = nil,
        _ body: @escaping @Sendable (LiveWorld) async throws -> Void
    ) async throws {
        let installation = try Installation()
        let bed = TestBed(scenario: scenario, start: .allOnFirstNode(replicas: 8), seed: 1)
        let logger = Logger(label: "world") { _ in SwiftLogNoOpLogHandler() }
        let (ready, announce) = AsyncStream.makeStream(of: [HardwareService.NodeTree].self)
        let hardware = HardwareService(
            bed: bed, folder: installation.path("hardware").path, seed: 1, time: SystemTime(), logger: logger
        ) { announce.yield($0) }
        let world = try WorldService(
            endpoint: "ipc://\(installation.path("world.sock").path)", bed: bed, compression: 5_000, time: SystemTime(),
            logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await hardware.run() }
            group.addTask { try await world.run() }
            var trees: [HardwareService.NodeTree] = []
            for await list in ready {
                trees = list
                break
            }
            let live = try LiveWorld(
                installation, bed, trees, placement: placement, checkpointFolder: checkpointFolder)
            for node in nodes { try live.startAgent(node) }
            try live.startCoordinator()
            do {
                try await body(live)
            } catch {
                live.endPrograms()
                group.cancelAll()
                throw error
            }
            live.endPrograms()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    private init(
        _ installation: Installation, _ bed: TestBed, _ trees: [HardwareService.NodeTree], placement: String,
        checkpointFolder: String?
    ) throws {
        self.installation = installation
        self.bed = bed
        self.trees = Dictionary(uniqueKeysWithValues: trees.map { ($0.node.rawValue, $0) })
        let checkpoint = "\(checkpointFolder ?? installation.folder.path)/policy.checkpoint"
        self.placement = """
            cluster: {kind: simulated, endpoint: "ipc://\(installation.path("world.sock").path)"}
            store: {journal: "\(installation.path("journal.sqlite").path)", durability: normal}
            placement:
              nodes: [w01, w02, w03, w04]
              checkpoint: \(checkpoint)
            \(placement)
            """
        for node in Self.nodes { try installation.makeKey(of: node) }
    }

    /// Starts the agent of `node`, in place of an earlier one.
    func startAgent(_ node: String) throws {
        guard let tree = trees[node] else { throw Installation.CommandFailed(description: "no tree of \(node)") }
        let agent = try installation.startAgent(
            node, msrRoot: tree.msrRoot, sysfsRoot: tree.sysfsRoot, procRoot: tree.procRoot)
        programs.withLock { $0[node] = agent }
    }

    /// Starts the coordinator, in place of an earlier one.
    func startCoordinator() throws {
        let coordinator = try installation.startCoordinator(extra: placement)
        programs.withLock { $0["coordinator"] = coordinator }
    }

    /// The running program called `name`: a node's agent, or "coordinator".
    func program(_ name: String) -> Program? { programs.withLock { $0[name] } }

    /// Kills `name` at once (SIGKILL) and waits until it is gone.
    func kill(_ name: String) {
        program(name)?.kill()
        _ = program(name)?.finish()
    }

    private func endPrograms() {
        let running = programs.withLock { programs in
            defer { programs = [:] }
            return programs
        }
        for program in running.values { program.kill() }
    }

    /// The placement session as `reeve policy` tells it; nil while the coordinator does not answer.
    func session() throws -> SessionAnswer? {
        let (code, output, _) = try Program.run(
            "reeve", ["policy", "show", "--socket", installation.socket, "--output", "json", "--timeout", "500"])
        return code == 0 ? try JSONDecoder().decode(PolicyAnswer.self, from: Data(output.utf8)).session : nil
    }

    private struct PolicyAnswer: Decodable { let session: SessionAnswer }

    struct SessionAnswer: Decodable {
        let id: Int?
        let state: String
        let requests: Int
        let steps: Int?
        let restored, lastFailure: String?
    }
}
