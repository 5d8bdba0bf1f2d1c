import ControlAPI
import Harvesting
import Kubernetes
import Logging
import Measures
import Telemetry
import Topology

/// Builds what harvests idle resources.
struct HarvestWiring {
    let configuration: CoordinatorConfiguration
    let logger: Logger
    let time: SystemTime

    /// Adds the harvest where the configuration has one; on `cluster` only functions take part whose limits nobody else
    /// changes.
    func add(_ cluster: KubernetesParts?, to built: inout CoordinatorWiring.Parts) {
        guard let harvesting = configuration.harvesting, let hub = built.answers.hub else { return }
        let board = HarvestBoard(mode: harvesting.mode, rule: harvesting.rule)
        built.answers.harvest = board
        switch harvesting.rule {
        case .safeguard:
            let manager = SafeguardManager(safeguard: harvesting.settings.safeguard)
            built.services.append(service(harvesting.settings, manager, hub, board, cluster))
        case .greedy:
            let manager = GreedyManager(step: harvesting.settings.step, maximum: harvesting.settings.maximum)
            built.services.append(service(harvesting.settings, manager, hub, board, cluster))
        }
    }

    private func service<Manager: ResourceManager>(
        _ settings: HarvestSettings, _ manager: Manager, _ hub: TelemetryHub, _ board: HarvestBoard,
        _ cluster: KubernetesParts?
    ) -> HarvestService<Manager> {
        let leadership = cluster?.leadership
        let mapper = cluster?.mapper
        return HarvestService(
            settings: settings, manager: manager, hub: hub, board: board, time: time, logger: logger,
            objection: { leadership?.objection },
            owner: { function in
                guard let mapper else { return nil }
                return await Self.owner(of: function, mapper)
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
