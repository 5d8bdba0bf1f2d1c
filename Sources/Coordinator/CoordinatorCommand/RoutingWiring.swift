import ControlAPI
import Logging
import Measures
import Proxy
import Routing
import Settings
import Topology

/// Builds what takes invocations to workers.
struct RoutingWiring {
    let configuration: CoordinatorConfiguration
    let read: @Sendable () throws(SettingsError) -> CoordinatorConfiguration
    let logger: Logger
    let time: SystemTime

    /// Adds the proxy, and what tells it of its workers' nodes where there is telemetry. Throws `SettingsError` naming
    /// the file of the registry that cannot be used.
    func add(_ routing: RoutingConfiguration, to built: inout CoordinatorWiring.Parts) throws(SettingsError) {
        let (plan, remarks) = try named("routing.registry") { try routing.plan() }
        for remark in remarks { logger.warning("routing: \(remark)") }
        let beats = (0..<routing.settings.eventLoops).map { built.beat("proxy \($0)") }
        let service = try named("routing") {
            try ProxyService(
                routing.settings, plan: plan, time: time, random: SeededRandom(seed: .random(in: .min ... .max)),
                logger: logger, onTurn: { beats[$0]() })
        }
        let control = service.control
        built.services.append(service)
        built.answers.routing = RoutingAdmin(control: control, configuration: configuration, read: read)
        guard let hub = built.answers.hub else { return }
        built.services.append(
            NodeHardwareFeed(
                hub: hub, nodes: { Set(control.snapshot().workers.compactMap(\.specification.node)) },
                observe: { control.observe($0, of: $1) }))
    }

    /// Reads the configuration of routing anew, and says in the log what came of it.
    static func reload(_ admin: RoutingAdmin?, logger: Logger) async {
        guard let admin else {
            logger.notice("there is nothing to reload: the configuration has no section routing")
            return
        }
        do throws(SettingsError) {
            let reloaded = try await admin.reload()
            logger.notice(
                "routing was reloaded",
                metadata: [
                    "workers": "\(reloaded.workers)", "added": "\(reloaded.added.count)",
                    "removed": "\(reloaded.removed.count)", "changed": "\(reloaded.changed.count)",
                    "functions": "\(reloaded.functions)", "balancer": "\(reloaded.balancer)",
                ])
            for remark in reloaded.remarks { logger.warning("routing: \(remark)") }
        } catch {
            logger.error("routing is as it was, because it cannot be reloaded: \(error)")
        }
    }
}
