import AgentSettings
import ArgumentParser
import CommandShell
import Containers
import Exposition
import FoundationEssentials
import Logging
import Measures
import Messaging
import ServiceLifecycle
import Settings
import Topology
import Uplink

/// `reeve-agent run`: samples and streams until told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Stream this node's counters to the coordinator until told to stop.",
        discussion: """
            What is to be done stands in a file, on the command line, or in both: an option stands for what the file \
            says. Without a file, --node, --coordinator, --coordinator-key and --key are needed.
            """)

    @Option(help: "The YAML file that says what to do; every key is explained in agent.yaml.")
    var config: String?

    @Flag(help: "Read the configuration, print what is in force, and exit.")
    var check = false

    @Option(help: "The name of this node, as Kubernetes and the coordinator's allow-list know it.")
    var node: String?

    @Option(help: "The coordinator's telemetry address, such as tcp://10.0.0.1:5555.")
    var coordinator: String?

    @Option(help: "The file with the coordinator's public key.")
    var coordinatorKey: String?

    @Option(help: "The file with this agent's secret key.")
    var key: String?

    @Option(help: "How often to sample, in milliseconds: 10 to 60000; usually 500. The coordinator may change it.")
    var interval: UInt32?

    @Option(help: "Share of one core that the agent may use before it samples less often, such as 1%.")
    var budget: String?

    @Option(help: "Memory that samples may take until the coordinator has them, such as 8MiB.")
    var buffer: String?

    @Option(help: "A file for node_exporter's textfile collector, ending in .prom; without it none is written.")
    var textfile: String?

    @OptionGroup var counters: CounterOptions
    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let logger = logging.logger(label: "reeve.agent")
        let configuration = try readConfiguration()
        for line in configuration.effectiveLines { logger.info("configuration: \(line)") }
        if check { return }
        let uplinkBeat = Heartbeat("uplink")
        let orders = LeaseOrders()
        let reports = UplinkReports()
        let watchesContainers = configuration.containers != nil
        let uplink = try service(
            configuration, logger: logger, onTurn: uplinkBeat.beat,
            beside: UplinkBeside(reports: reports, onLease: { watchesContainers && orders.add($0) }))
        guard let containers = containerService(configuration, orders, reports, logger: logger) else {
            try await CommandShell.serve([uplink], heartbeats: [uplinkBeat], logger: logger)
            return
        }
        // Services end in the reverse order: the last news of leases still finds an uplink.
        try await CommandShell.serve(
            [uplink, containers.service], heartbeats: [uplinkBeat, containers.heartbeat], logger: logger)
    }

    /// The watch on the machine's containers, nil where none is configured.
    private func containerService(
        _ configuration: AgentConfiguration, _ orders: LeaseOrders, _ reports: UplinkReports, logger: Logger
    ) -> (service: ContainerService<ContinuousClock>, heartbeat: Heartbeat)? {
        guard let settings = configuration.containers, let machine = configuration.machine else { return nil }
        let heartbeat = Heartbeat("containers")
        let reporting = ContainerReporting(node: machine.name, reports: reports)
        let service = ContainerService(
            settings: settings.containers, leases: settings.leases, orders: orders, time: SystemTime(),
            clock: ContinuousClock(), logger: logger, onTurn: heartbeat.beat, publish: reporting.publish)
        return (service, heartbeat)
    }

    private func readConfiguration() throws(CommandFailure) -> AgentConfiguration {
        var text = ""
        if let config {
            do {
                text = try String(contentsOfFile: config, encoding: .utf8)
            } catch {
                throw .badConfiguration("\(config): the file cannot be read: \(error)")
            }
        }
        do {
            return try AgentConfiguration(yaml: text, overrides: overrides)
        } catch {
            throw .badConfiguration("\(config.map { "\($0): " } ?? "")\(error.description)")
        }
    }

    private var overrides: [SettingsOverride] {
        let given: [(key: String, option: String, value: String?)] = [
            ("node", "--node", node), ("coordinator", "--coordinator", coordinator),
            ("coordinatorKey", "--coordinator-key", coordinatorKey), ("key", "--key", key),
            ("interval", "--interval", interval.map { "\($0)ms" }), ("budget", "--budget", budget),
            ("buffer", "--buffer", buffer), ("textfile", "--textfile", textfile),
        ]
        return given.compactMap { key, option, value in
            value.map { SettingsOverride(key: key, value: $0, name: option) }
        } + counters.overrides
    }

    private func service(
        _ configuration: AgentConfiguration, logger: Logger, onTurn: @escaping @Sendable () -> Void, beside: UplinkBeside
    ) throws(CommandFailure) -> UplinkService<CounterSampleSource> {
        var nodes: [UplinkNode] = []
        do {
            let serverKey = try KeyFiles.readPublicKey(at: configuration.coordinatorKeyPath)
            for node in configuration.nodes {
                nodes.append(
                    UplinkNode(
                        name: node.name,
                        role: .curveDealer(
                            connect: configuration.coordinator, keys: try KeyFiles.readPair(secretAt: node.secretKeyPath),
                            serverKey: serverKey)))
            }
        } catch {
            throw .badConfiguration("\(error)")
        }
        var random = SystemRandomNumberGenerator()
        return UplinkService(
            nodes: nodes, settings: configuration.uplink, incarnation: random.next(), agentVersion: CommandShell.version,
            time: SystemTime(), logger: logger, onTurn: onTurn, beside: beside,
            makeObserver: {
                configuration.textfilePath.map { path in
                    MetricsFileObserver(
                        MetricsFile(path: path, nodes: configuration.nodes.map(\.name)), logger: logger)
                }
            }
        ) {
            CounterSampleSource(
                reader: try CounterOptions.openReader(roots: configuration.roots, settings: configuration.counters),
                readsMachine: configuration.machine != nil, guests: configuration.guests.count)
        }
    }
}
