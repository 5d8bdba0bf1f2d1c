import ArgumentParser
import CommandShell
import Counters
import Logging
import Measures
import Messaging
import ServiceLifecycle
import Topology
import Uplink
import Wire

/// `reeve-agent run`: samples and streams until told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Stream this node's counters to the coordinator until told to stop.")

    @Option(help: "The name of this node, as Kubernetes and the coordinator's allow-list know it.")
    var node: String

    @Option(help: "The coordinator's telemetry address, such as tcp://10.0.0.1:5555.")
    var coordinator: String

    @Option(help: "The file with the coordinator's public key.")
    var coordinatorKey: String

    @Option(help: "The file with this agent's secret key.")
    var key: String

    @Option(help: "How often to sample, in milliseconds: 10 to 60000. The coordinator may change it.")
    var interval: UInt32 = 500

    @OptionGroup var counters: CounterOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        guard WireLimits.intervalMilliseconds.contains(interval) else {
            throw ValidationError("--interval is \(interval): allowed is 10 to 60000 milliseconds")
        }
        guard coordinator.hasPrefix("tcp://") || coordinator.hasPrefix("ipc://") else {
            throw ValidationError("--coordinator is \"\(coordinator)\": allowed is tcp://HOST:PORT or ipc://PATH")
        }
        guard NodeName(validating: node) != nil else {
            throw ValidationError("--node is \"\(node)\": allowed is a Kubernetes node name in lower case")
        }
    }

    func run() async throws {
        let logger = logging.logger(label: "reeve.agent")
        let heartbeat = Heartbeat("uplink")
        let service: UplinkService<CounterSampleSource>
        do {
            var random = SystemRandomNumberGenerator()
            let (counters, interval) = (counters, interval)
            service = UplinkService(
                nodes: [
                    UplinkNode(
                        name: NodeName(node),
                        role: .curveDealer(
                            connect: coordinator, keys: try KeyFiles.readPair(secretAt: key),
                            serverKey: try KeyFiles.readPublicKey(at: coordinatorKey)))
                ],
                settings: UplinkSettings(intervalMilliseconds: interval), incarnation: random.next(),
                agentVersion: CommandShell.version, time: SystemTime(), logger: logger,
                onTurn: heartbeat.beat
            ) {
                CounterSampleSource(reader: try counters.openReader(periodMilliseconds: interval))
            }
        } catch {
            throw CommandFailure.badConfiguration("\(error)")
        }
        logger.info(
            "configuration: node: \(node), coordinator: \(coordinator), interval: \(interval) ms, msr root: \(counters.msrRoot)")
        try await CommandShell.serve([service], heartbeats: [heartbeat], logger: logger)
    }
}
