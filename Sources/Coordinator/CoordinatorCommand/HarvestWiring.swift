import Cluster
import ControlAPI
import Harvesting
import Kubernetes
import Learning
import Logging
import Measures
import Settings
import Telemetry
import Topology

/// Builds what harvests idle resources.
struct HarvestWiring {
    let configuration: CoordinatorConfiguration
    let logger: Logger
    let time: SystemTime

    /// Adds the harvest where the configuration has one; on `cluster` only functions take part whose limits nobody else
    /// changes. Throws `SettingsError` when the policy that comes with the program cannot be used.
    func add(_ cluster: KubernetesParts?, to built: inout CoordinatorWiring.Parts) throws(SettingsError) {
        guard let harvesting = configuration.harvesting, let hub = built.answers.hub else { return }
        let board = HarvestBoard(mode: harvesting.mode, rule: harvesting.rule)
        built.answers.harvest = board
        if let resizer = cluster?.resizer {
            built.answers.restoreLimits = { await resizer.putBackAll() }
        }
        switch harvesting.rule {
        case .safeguard:
            let manager = SafeguardManager(safeguard: harvesting.settings.safeguard)
            built.services.append(service(harvesting.settings, manager, hub, board, cluster, built.answers.journal))
        case .greedy:
            let manager = GreedyManager(step: harvesting.settings.step, maximum: harvesting.settings.maximum)
            built.services.append(service(harvesting.settings, manager, hub, board, cluster, built.answers.journal))
        case .freyr:
            let manager = try named("harvesting.manager") {
                try LiveFreyrManager(policy: try FreyrManager.shippedPolicy().policy)
            }
            built.services.append(service(harvesting.settings, manager, hub, board, cluster, built.answers.journal))
        }
    }

    private func service<Manager: ResourceManager>(
        _ settings: HarvestSettings, _ manager: Manager, _ hub: TelemetryHub, _ board: HarvestBoard,
        _ cluster: KubernetesParts?, _ journal: DecisionJournal?
    ) -> HarvestService<Manager> {
        let leadership = cluster?.leadership
        let mapper = cluster?.mapper
        // Agents first: what they change goes back by itself, and within milliseconds where its owner needs it.
        var carriers: [any LimitCarrier] = [AgentLimits(hub: hub)]
        if let resizer = cluster?.resizer { carriers.append(resizer) }
        return HarvestService(
            settings: settings, manager: manager, hub: hub, board: board, carriers: carriers, time: time, logger: logger,
            objection: { leadership?.objection },
            owner: { function in
                guard let mapper else { return nil }
                return await Self.owner(of: function, mapper)
            },
            record: { [logger] record in
                do {
                    try journal?.add(record)
                } catch {
                    // Harvesting goes on without history, as placement does.
                    logger.error("the journal: \(error)", metadata: ["node": "\(record.node)"])
                }
            })
    }

    /// Who else changes the limits of `function`. What cannot be told counts as somebody else's.
    private static func owner(of function: FunctionName, _ mapper: FunctionMapper) async -> String? {
        do {
            return try await mapper.foreignControllers(of: function).first { $0.claims(.resources) }
                .map { "its limits are \($0)'s" }
        } catch {
            return "who else changes it is not known: \(error)"
        }
    }
}
