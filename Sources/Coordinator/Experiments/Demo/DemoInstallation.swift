import Foundation
import Messaging
import Simulation
import Topology

/// The files of a demo's installation: keys, allow-list, configuration, and the command lines of its processes.
struct DemoInstallation {
    /// A program to be started.
    struct Program: Codable, Hashable {
        /// What people call it: "coordinator" or the name of an agent's node.
        let name: String
        /// The command line, the program's path first.
        let command: [String]
        /// Where its log goes.
        let logPath: String
    }

    /// The folder that holds everything.
    let folder: String
    private let programs: String
    private let port: UInt16
    private let dashboardPort: UInt16
    private let live: LiveCluster?

    /// A cluster that is not simulated, as the coordinator's configuration names it.
    struct LiveCluster {
        /// The kubeconfig with the coordinator's rights.
        var kubeconfig: String
        /// The namespace of the functions.
        var namespace: String
        /// The gateway's address.
        var gateway: String
        /// The folder with the workflows' descriptions.
        var workflows: String
        /// The folder through which frames travel.
        var store: String
    }

    /// An installation in `folder`, of the programs in the folder `programs`, whose agents reach the coordinator at `port`
    /// and browsers at `dashboardPort`. The cluster is `live`, or else the world of this process.
    init(folder: String, programs: String, port: UInt16, dashboardPort: UInt16, live: LiveCluster? = nil) {
        self.folder = folder
        self.programs = programs
        self.port = port
        self.dashboardPort = dashboardPort
        self.live = live
    }

    /// Where the coordinator finds the world.
    var worldEndpoint: String { "ipc://\(folder)/world.sock" }
    /// Where the coordinator answers questions.
    var querySocket: String { "\(folder)/query.sock" }
    /// Where the dashboard is.
    var dashboard: String { "http://127.0.0.1:\(dashboardPort)/" }
    /// Where the nodes' trees go.
    var hardwareFolder: String { "\(folder)/hardware" }
    /// Where the processes' ids and command lines are written down.
    var processesPath: String { "\(folder)/processes.json" }

    /// Draws keys for the coordinator and for an agent of each of `nodes`, allows the agents, and writes the
    /// coordinator's configuration. Throws what the file system or `KeyFiles` throws.
    func prepare(nodes: [NodeName]) throws {
        let files = FileManager.default
        for name in ["keys", "agents.d", "log"] {
            try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        try KeyFiles.write(try .generate(), name: "coordinator", in: "\(folder)/keys")
        for node in nodes {
            let pair = try CurveKeyPair.generate()
            try KeyFiles.write(pair, name: node.rawValue, in: "\(folder)/keys")
            try KeyFiles.allow(pair.publicKey, name: node.rawValue, in: "\(folder)/agents.d")
        }
        try configuration(nodes: nodes).write(toFile: configurationPath, atomically: true, encoding: .utf8)
    }

    /// The coordinator.
    var coordinator: Program {
        program("coordinator", "reeve-coordinator", ["serve", "--config", configurationPath])
    }

    /// The agent that reads `tree`.
    func agent(_ tree: HardwareService.NodeTree) -> Program {
        // Decisions rest on windows of two samples, so memory traffic has to be in every one of them, and none may be left
        // out to spare the processor.
        let interval = String(intervalMilliseconds)
        return program(
            tree.node.rawValue, "reeve-agent",
            [
                "run", "--node", tree.node.rawValue, "--coordinator", "tcp://127.0.0.1:\(port)", "--coordinator-key",
                "\(folder)/keys/coordinator.pub", "--key", "\(folder)/keys/\(tree.node).key", "--interval", interval,
                "--slow-interval", interval, "--budget", "100%", "--msr-root", tree.msrRoot, "--sysfs-root",
                tree.sysfsRoot, "--proc-root", tree.procRoot,
            ])
    }

    /// Beside functions that really work, agents leave them the processor.
    private var intervalMilliseconds: Int { live == nil ? DemoSettings.agentIntervalMilliseconds : 100 }

    private var configurationPath: String { "\(folder)/coordinator.yaml" }

    private func program(_ name: String, _ executable: String, _ arguments: [String]) -> Program {
        Program(name: name, command: ["\(programs)/\(executable)"] + arguments, logPath: "\(folder)/log/\(name).log")
    }

    /// Two samples fill a window. A journal that does not wait for the disk at each decision loses at most the newest ones
    /// when the machine, not the process, goes down.
    private func configuration(nodes: [NodeName]) -> String {
        """
        telemetry:
          bind: tcp://127.0.0.1:\(port)
          secretKey: \(folder)/keys/coordinator.key
          allowedAgents: \(folder)/agents.d
          window: \(2 * intervalMilliseconds)ms
        \(clusterSection)
        placement:
          nodes: [\(nodes.map(\.rawValue).joined(separator: ", "))]
          start: on-order
          checkpoint: \(folder)/learner.checkpoint
          stepsPerCheckpoint: 50
        \(live == nil ? "" : LiveDemoSettings.placement)
        store:
          journal: \(folder)/journal.sqlite
          durability: normal
          history: {file: \(folder)/history.sqlite}
        query:
          socket: \(querySocket)
        http:
          bind: 127.0.0.1:\(dashboardPort)

        """
    }

    private var clusterSection: String {
        guard let live else { return "cluster: {kind: simulated, endpoint: \"\(worldEndpoint)\"}" }
        return """
            cluster: {kind: kubernetes, kubeconfig: \(live.kubeconfig), namespace: \(live.namespace), burst: 200, \
            requestsPerSecond: 100, stressImage: stress-ng}
            workflows: {folder: \(live.workflows), gateway: "\(live.gateway)", objects: {kind: folder, path: \(live.store)}}
            """
    }
}
